import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  exportJWK,
  exportSPKI,
  generateKeyPair,
  SignJWT,
  type CryptoKey,
  type JWTHeaderParameters,
} from 'jose';
import type { Environment } from '../../../apps/api/src/index.js';

/** Whoever issues the access tokens of a server, in one of the modes that it knows. */
export interface Issuer {
  readonly mode: string;
  readonly env: Environment;
  /** Signs exactly these claims with the right key. */
  sign(claims: object, header?: Partial<JWTHeaderParameters>): Promise<string>;
  /** Tokens with these claims and everything about their signature that must be refused, by what is wrong. */
  forgeries(claims: object): Promise<Record<string, string>>;
  close(): Promise<void>;
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const hmac = (secret: string, claims: object, header: JWTHeaderParameters) =>
  new SignJWT({ ...claims }).setProtectedHeader(header).sign(new TextEncoder().encode(secret));

async function commonForgeries(claims: object, good: string): Promise<Record<string, string>> {
  const [head, body, signature] = good.split('.') as [string, string, string];
  const stranger = await generateKeyPair('RS256', { extractable: true });
  const jwk = await exportJWK(stranger.publicKey);
  return {
    'algorithm none': `${encode({ alg: 'none', typ: 'JWT' })}.${encode(claims)}.`,
    'algorithm nOnE with the right signature': `${encode({ alg: 'nOnE' })}.${body}.${signature}`,
    'no signature': `${head}.${body}.`,
    'another signature': `${head}.${body}.${signature.split('').reverse().join('')}`,
    'changed claims': `${head}.${encode({ ...claims, jti: 'changed' })}.${signature}`,
    'an empty HS256 key': await hmac(' '.repeat(32), claims, { alg: 'HS256' }),
    'a key of its own in the header': await new SignJWT({ ...claims })
      .setProtectedHeader({ alg: 'RS256', jwk })
      .sign(stranger.privateKey),
    'a critical header that nobody knows': `${encode({ alg: 'HS256', crit: ['b64'], b64: false })}.${body}.${signature}`,
  };
}

export async function sharedSecretIssuer(): Promise<Issuer> {
  const secret = 'a secret of the security suite, long enough';
  const sign = (claims: object, header = {}) => hmac(secret, claims, { alg: 'HS256', ...header });
  return {
    mode: 'shared secret',
    env: { JWT_SECRET: secret },
    sign,
    forgeries: async (claims) => ({
      ...(await commonForgeries(claims, await sign(claims))),
      'HS512 with the right secret': await hmac(secret, claims, { alg: 'HS512' }),
      'HS384 with the right secret': await hmac(secret, claims, { alg: 'HS384' }),
      'another secret': await hmac(`${secret}!`, claims, { alg: 'HS256' }),
    }),
    close: () => Promise.resolve(),
  };
}

/** An identity provider with two keys, of which one is already in use and the other announced. */
export async function jwksIssuer(): Promise<Issuer> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const other = await generateKeyPair('RS256', { extractable: true });
  const keys = [
    { ...(await exportJWK(publicKey)), kid: 'now', alg: 'RS256', use: 'sig' },
    {
      ...(await exportJWK((await generateKeyPair('ES256', { extractable: true })).publicKey)),
      kid: 'next',
      alg: 'ES256',
    },
  ];
  const server = createServer((_request, response) => response.end(JSON.stringify({ keys })));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const pem = await exportSPKI(publicKey);
  const secret = 'what seals page tokens and sessions here';
  const rsa = (key: typeof privateKey, claims: object, header: Partial<JWTHeaderParameters>) =>
    new SignJWT({ ...claims }).setProtectedHeader({ alg: 'RS256', kid: 'now', ...header }).sign(key);
  const sign = (claims: object, header = {}) => rsa(privateKey, claims, header);
  return {
    mode: 'JWKS',
    env: {
      JWT_SECRET: secret,
      JWT_JWKS_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`,
    },
    sign,
    forgeries: async (claims) => ({
      ...(await commonForgeries(claims, await sign(claims))),
      'HS256 with the public key as its secret': await hmac(pem, claims, { alg: 'HS256', kid: 'now' }),
      'HS256 with the server’s own secret': await hmac(secret, claims, { alg: 'HS256' }),
      'RS512 with the right key': await new SignJWT({ ...claims })
        .setProtectedHeader({ alg: 'RS512', kid: 'now' })
        .sign(await otherHash(privateKey)),
      'an unknown key id': await sign(claims, { kid: 'unknown' }),
      'the id of another algorithm’s key': await sign(claims, { kid: 'next' }),
      'a stranger’s key': await rsa(other.privateKey, claims, {}),
      'a key address of its own': await rsa(other.privateKey, claims, { jku: 'http://127.0.0.1:1/keys' }),
    }),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** The same private key, for SHA-512. */
async function otherHash(key: CryptoKey): Promise<CryptoKey> {
  const bytes = await crypto.subtle.exportKey('pkcs8', key);
  return crypto.subtle.importKey('pkcs8', bytes, { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-512' }, false, [
    'sign',
  ]);
}
