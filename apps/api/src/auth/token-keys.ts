import { jwtVerify, type JWTPayload, type JWTVerifyOptions } from 'jose';

/** Who vouches for access tokens: the algorithms and keys are chosen here, never by a token. */
export interface TokenKeys {
  /** @throws JOSEError when no key of ours has signed it or a claim is wrong, KeysUnavailable when nobody can say */
  verify(token: string, expected: JWTVerifyOptions): Promise<JWTPayload>;
  /** What stays the same as long as nobody but the clock can make a good token bad. */
  current(): unknown;
}

/** The keys cannot be had right now: neither a yes nor a no. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}

/** The one algorithm of shared secrets. */
export const SHARED_SECRET_ALGORITHM = 'HS256';

/** Keys that issuer and server share. While a key is being changed, tokens of the one before are still good. */
export class SharedSecrets implements TokenKeys {
  private readonly keys: readonly Uint8Array[];

  constructor(secrets: readonly string[]) {
    this.keys = secrets.map((secret) => new TextEncoder().encode(secret));
  }

  async verify(token: string, expected: JWTVerifyOptions): Promise<JWTPayload> {
    let refusal: unknown;
    for (const key of this.keys) {
      try {
        return (await jwtVerify(token, key, { ...expected, algorithms: [SHARED_SECRET_ALGORITHM] })).payload;
      } catch (error) {
        refusal = error;
      }
    }
    throw refusal;
  }

  /** Secrets change with a restart only. */
  current(): unknown {
    return this;
  }
}
