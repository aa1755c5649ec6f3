import { isUuid, NIL_UUID } from '@groupcall/shared';
import { SignJWT, type JWTPayload } from 'jose';
import { ROLES, type Caller, type Role } from './caller.js';
import { RemoteKeys } from './remote-keys.js';
import { SHARED_SECRET_ALGORITHM, SharedSecrets, type TokenKeys } from './token-keys.js';
import { VerifiedTokens } from './verified-tokens.js';

export interface TokenSettings {
  /** HS256 key of tokens; also what page tokens and admin sessions are sealed with. */
  readonly secret: string;
  /** The key before, while it is being changed: its tokens are still accepted. */
  readonly previousSecret?: string | null;
  /** Where an identity provider shows its public keys. Set: tokens come from there, and none is issued here. */
  readonly jwksUrl?: string | null;
  readonly issuer: string;
  readonly audience: string;
}

export interface TokenClaims {
  role: Role;
  customerId?: string;
  agentId?: string;
}

/** How far the clocks of issuer and server may be apart, s. */
const CLOCK_TOLERANCE = 30;

/** Issues and checks the bearer tokens of SPEC 6. The algorithm is ours to choose, never the token's. */
export class AccessTokens {
  private readonly keys: TokenKeys;
  private readonly verified = new VerifiedTokens();

  constructor(private readonly settings: TokenSettings) {
    const { secret, previousSecret, jwksUrl } = settings;
    this.keys = jwksUrl
      ? new RemoteKeys(jwksUrl)
      : new SharedSecrets(previousSecret ? [secret, previousSecret] : [secret]);
  }

  /**
   * @param lifetime for example `12h`, `30m`, `7d`
   * @throws Error when the claims are not such as {@link verify} accepts, or when tokens come from a JWKS address
   */
  async issue(claims: TokenClaims, lifetime: string): Promise<string> {
    if (this.settings.jwksUrl)
      throw new Error('tokens are issued by the owner of JWT_JWKS_URL, not by this server');
    const payload: JWTPayload = {
      role: claims.role,
      ...(claims.customerId === undefined ? {} : { customer_id: claims.customerId }),
      ...(claims.agentId === undefined ? {} : { agent_id: claims.agentId }),
    };
    toCaller(payload);
    return new SignJWT(payload)
      .setProtectedHeader({ alg: SHARED_SECRET_ALGORITHM, typ: 'JWT' })
      .setIssuer(this.settings.issuer)
      .setAudience(this.settings.audience)
      .setIssuedAt()
      .setExpirationTime(lifetime)
      .sign(new TextEncoder().encode(this.settings.secret));
  }

  /** Who a token belongs to that was found good before and still is; undefined: {@link verify} it. */
  known(token: string): Caller | undefined {
    return this.verified.find(token, this.keys.current());
  }

  /**
   * @throws KeysUnavailable when it cannot be said now; another Error when the token is not ours, not valid now, or says
   * something unknown. The text is not for the sender
   */
  async verify(token: string): Promise<Caller> {
    // Asked before the check: while it goes on others may come, which have not been asked.
    const keys = this.keys.current();
    const known = this.verified.find(token, keys);
    if (known) return known;
    const payload = await this.keys.verify(token, {
      issuer: this.settings.issuer,
      audience: this.settings.audience,
      clockTolerance: CLOCK_TOLERANCE,
      requiredClaims: ['exp', 'iss', 'aud'],
    });
    const caller = Object.freeze(toCaller(payload));
    // To the second and with the tolerance with which it was checked.
    const until = (Math.ceil(payload.exp!) + CLOCK_TOLERANCE) * 1_000;
    this.verified.keep(token, caller, keys, until);
    return caller;
  }
}

function toCaller(payload: JWTPayload): Caller {
  const { role, customer_id: customerId, agent_id: agentId } = payload;
  if (!ROLES.includes(role as Role)) throw new Error(`role must be one of ${ROLES.join(', ')}`);
  const caller = {
    role: role as Role,
    customerId: id('customer_id', customerId),
    agentId: id('agent_id', agentId),
    expiresAt: (payload.exp ?? 0) * 1000,
  };
  if (!caller.customerId && caller.role !== 'platform_admin') throw new Error('customer_id is missing');
  if (!caller.agentId && caller.role === 'customer_agent')
    throw new Error('agent_id is missing: an agent sees what that agent owns');
  return caller;
}

/** The nil UUID means "nothing" everywhere: as an owner it would match every groupcall that has none. */
function id(claim: string, value: unknown): string | null {
  if (value === undefined) return null;
  if (!isUuid(value) || value === NIL_UUID) throw new Error(`${claim} must be a UUID`);
  return value.toLowerCase();
}
