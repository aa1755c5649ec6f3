import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  jwksCache,
  jwtVerify,
  type ExportedJWKSCache,
  type FlattenedJWSInput,
  type JWKSCacheInput,
  type JWSHeaderParameters,
  type JWTPayload,
  type JWTVerifyOptions,
} from 'jose';
import { KeysUnavailable, type TokenKeys } from './token-keys.js';

/** Asymmetric ones only: with HS256 among them a public key would be a secret that everybody knows. */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA', 'Ed25519'];

/** All durations in ms. */
export interface RemoteKeysTimings {
  /** How long the key server may take. */
  readonly timeout: number;
  /** After this the keys are asked for again, so that a withdrawn one is not trusted for long. */
  readonly maxAge: number;
  /** An unknown key id asks again at most this often: tokens of strangers must not become requests. */
  readonly cooldown: number;
  /** How long keys that once came are trusted when the key server does not answer any more. */
  readonly trustedFor: number;
}

const DEFAULT_TIMINGS: RemoteKeysTimings = {
  timeout: 3_000,
  maxAge: 10 * 60_000,
  cooldown: 30_000,
  trustedFor: 24 * 60 * 60_000,
};

/**
 * The public keys that an identity provider shows at its JWKS address. New keys are found by their id, withdrawn ones
 * forgotten within `maxAge`; an outage of the provider does not lock everybody out.
 */
export class RemoteKeys implements TokenKeys {
  private readonly timings: RemoteKeysTimings;
  /** Kept up to date by the key set: what came last, and when. */
  private readonly last: Partial<ExportedJWKSCache> = {};
  private readonly remote: ReturnType<typeof createRemoteJWKSet>;
  /** The key server did not answer a moment ago: until then nobody waits for it again. */
  private askAgainAt = 0;

  constructor(
    url: string,
    timings: Partial<RemoteKeysTimings> = {},
    private readonly now: () => number = Date.now,
  ) {
    this.timings = { ...DEFAULT_TIMINGS, ...timings };
    this.remote = createRemoteJWKSet(new URL(url), {
      timeoutDuration: this.timings.timeout,
      cooldownDuration: this.timings.cooldown,
      cacheMaxAge: this.timings.maxAge,
      [jwksCache]: this.last as JWKSCacheInput,
    });
  }

  async verify(token: string, expected: JWTVerifyOptions): Promise<JWTPayload> {
    return (await jwtVerify(token, this.key, { ...expected, algorithms: ALGORITHMS })).payload;
  }

  /** The keys that came last; NaN, which is never the same, when it is time to ask for them again. */
  current(): unknown {
    const { jwks, uat = 0 } = this.last;
    return jwks && this.now() < uat + this.timings.maxAge ? jwks : NaN;
  }

  private readonly key = async (header?: JWSHeaderParameters, token?: FlattenedJWSInput) => {
    if (this.now() < this.askAgainAt) return this.remembered(header, token);
    try {
      return await this.remote(header, token);
    } catch (error) {
      if (!isOutage(error)) throw error;
      this.askAgainAt = this.now() + this.timings.cooldown;
      return this.remembered(header, token);
    }
  };

  /** A key of what the key server said when it last answered. */
  private remembered(header?: JWSHeaderParameters, token?: FlattenedJWSInput) {
    const { jwks, uat = 0 } = this.last;
    if (!jwks || this.now() > uat + this.timings.trustedFor)
      throw new KeysUnavailable('the keys that access tokens are checked with cannot be fetched');
    return createLocalJWKSet(jwks)(header, token);
  }
}

/** The key server did not answer, or not with keys. What is wrong with a token has a code of its own. */
function isOutage(error: unknown): boolean {
  if (!(error instanceof errors.JOSEError)) return true;
  return (
    error.code === 'ERR_JOSE_GENERIC' ||
    error instanceof errors.JWKSTimeout ||
    error instanceof errors.JWKSInvalid
  );
}
