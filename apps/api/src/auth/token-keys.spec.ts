import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, type JWK } from 'jose';
import { AccessTokens } from './access-tokens.js';
import { authenticate } from './auth.guard.js';
import { RemoteKeys } from './remote-keys.js';
import { SharedSecrets } from './token-keys.js';

const CUSTOMER = '01890a5d-ac96-774b-bcce-b302099a8057';
const EXPECTED = { issuer: 'groupcall', audience: 'groupcall-api' };
const CLAIMS = {
  role: 'customer_admin',
  customer_id: CUSTOMER,
  iss: EXPECTED.issuer,
  aud: EXPECTED.audience,
  exp: 4_000_000_000,
};

interface Signer {
  readonly jwk: JWK;
  readonly publicPem: string;
  token(header?: object): Promise<string>;
}

async function signer(kid: string, alg = 'RS256'): Promise<Signer> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return {
    jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' },
    publicPem: await exportSPKI(publicKey),
    token: (header = {}) => new SignJWT(CLAIMS).setProtectedHeader({ alg, kid, ...header }).sign(privateKey),
  };
}

/** An identity provider's key address, with moods. */
class KeyServer {
  keys: JWK[] = [];
  mood: 'up' | 'broken' | 'no keys' | 'elsewhere' = 'up';
  asked = 0;
  private server: Server | undefined;

  async start(): Promise<string> {
    this.server = createServer((_request, response) => {
      this.asked += 1;
      if (this.mood === 'broken') response.statusCode = 500;
      if (this.mood === 'elsewhere') response.writeHead(302, { location: 'http://169.254.169.254/' });
      response.end(this.mood === 'no keys' ? '<html>' : JSON.stringify({ keys: this.keys }));
    });
    await new Promise<void>((resolve) => this.server!.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/keys`;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }
}

describe('keys of an identity provider', () => {
  let provider: KeyServer;
  let url: string;
  let now: number;
  let first: Signer;
  const keysAt = (timings = {}) => new RemoteKeys(url, { timeout: 2_000, ...timings }, () => now);

  beforeAll(async () => {
    first = await signer('first');
  });
  beforeEach(async () => {
    now = Date.now();
    provider = new KeyServer();
    provider.keys = [first.jwk];
    url = await provider.start();
  });
  afterEach(() => provider.stop());

  it('are fetched once for any number of tokens', async () => {
    const keys = keysAt();
    const token = await first.token();
    for (let i = 0; i < 5; i += 1) await expect(keys.verify(token, EXPECTED)).resolves.toMatchObject(CLAIMS);
    expect(provider.asked).toBe(1);
  });

  it('are fetched again for a key id that is new, so that keys can be changed without a restart', async () => {
    const keys = keysAt({ cooldown: 0 });
    await keys.verify(await first.token(), EXPECTED);
    const second = await signer('second', 'ES256');
    provider.keys = [first.jwk, second.jwk];
    await expect(keys.verify(await second.token(), EXPECTED)).resolves.toMatchObject(CLAIMS);
    await expect(keys.verify(await first.token(), EXPECTED)).resolves.toMatchObject(CLAIMS);
  });

  it('forget one that was withdrawn', async () => {
    const keys = keysAt({ maxAge: 0, cooldown: 0 });
    await keys.verify(await first.token(), EXPECTED);
    provider.keys = [(await signer('second')).jwk];
    await expect(keys.verify(await first.token(), EXPECTED)).rejects.toThrow(/no applicable key/);
  });

  it('are what a good token is known by: with other keys, or when they are old, it is checked again', async () => {
    const keys = keysAt({ maxAge: 60_000, cooldown: 0 });
    expect(keys.current()).toBeNaN();
    await keys.verify(await first.token(), EXPECTED);
    const known = keys.current();
    expect(keys.current()).toBe(known);
    const second = await signer('second');
    provider.keys = [second.jwk];
    await keys.verify(await second.token(), EXPECTED);
    expect(keys.current()).not.toBe(known);
    // The moment of a fetch is the real one, which on a busy machine is seconds after `now`.
    now += 120_000;
    expect(keys.current()).toBeNaN();
  });

  it('are not fetched for every unknown key id that a stranger thinks of', async () => {
    const keys = keysAt();
    for (const kid of ['a', 'b', '../../etc/passwd', "x' OR 1=1 --"]) {
      await expect(keys.verify(await first.token({ kid }), EXPECTED)).rejects.toThrow(/no applicable key/);
    }
    expect(provider.asked).toBe(1);
  });

  it.each(['broken', 'no keys', 'elsewhere'] as const)(
    'go on being trusted for a day when the provider is %s, and it is not asked by every request',
    async (mood) => {
      const keys = keysAt({ maxAge: 0, cooldown: 60_000, trustedFor: 86_400_000 });
      const token = await first.token();
      await keys.verify(token, EXPECTED);
      provider.mood = mood;
      for (let i = 0; i < 5; i += 1)
        await expect(keys.verify(token, EXPECTED)).resolves.toMatchObject(CLAIMS);
      expect(provider.asked).toBe(2);
      const stranger = await (await signer('first')).token();
      await expect(keys.verify(stranger, EXPECTED)).rejects.toThrow(/signature verification failed/);
      now += 86_460_000;
      await expect(keys.verify(token, EXPECTED)).rejects.toMatchObject({ name: 'KeysUnavailable' });
    },
  );

  it('that never came are no reason to call a token bad: 503', async () => {
    await provider.stop();
    const tokens = new AccessTokens({ secret: 'x'.repeat(32), jwksUrl: url, ...EXPECTED });
    await expect(authenticate(tokens, `Bearer ${await first.token()}`)).rejects.toMatchObject({
      reason: 'UNAVAILABLE',
    });
  });

  it('are no shared secrets: an HS256 token made with the public key is refused', async () => {
    const keys = keysAt();
    for (const secret of [first.publicPem, JSON.stringify(first.jwk), first.jwk.n!]) {
      const forged = await new SignJWT(CLAIMS)
        .setProtectedHeader({ alg: 'HS256', kid: 'first' })
        .sign(new TextEncoder().encode(secret));
      await expect(keys.verify(forged, EXPECTED)).rejects.toThrow(/"alg"/);
    }
  });

  it('come from the address that we know, never from one in the token', async () => {
    const stranger = await signer('mine');
    for (const header of [
      { jwk: stranger.jwk },
      { jku: 'http://127.0.0.1:1/keys' },
      { x5u: 'http://127.0.0.1:1/' },
    ]) {
      await expect(
        keysAt().verify(await stranger.token({ ...header, kid: 'first' }), EXPECTED),
      ).rejects.toThrow(/signature verification failed/);
    }
  });

  it('make no tokens here', async () => {
    const tokens = new AccessTokens({ secret: 'x'.repeat(32), jwksUrl: url, ...EXPECTED });
    await expect(tokens.issue({ role: 'customer_admin', customerId: CUSTOMER }, '1h')).rejects.toThrow(
      /JWT_JWKS_URL/,
    );
  });
});

describe('shared secrets', () => {
  const sign = (secret: string) =>
    new SignJWT(CLAIMS).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(secret));
  const [now, before] = ['n'.repeat(40), 'b'.repeat(40)];

  it('are changed in two steps: tokens of the one before are good until it is taken away', async () => {
    const changing = new SharedSecrets([now, before]);
    await expect(changing.verify(await sign(now), EXPECTED)).resolves.toMatchObject(CLAIMS);
    await expect(changing.verify(await sign(before), EXPECTED)).resolves.toMatchObject(CLAIMS);
    await expect(new SharedSecrets([now]).verify(await sign(before), EXPECTED)).rejects.toThrow(
      /signature verification failed/,
    );
  });
});
