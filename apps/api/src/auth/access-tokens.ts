import { isUuid, NIL_UUID } from '@groupcall/shared';
import { jwtVerify, SignJWT, type JWTPayload } from 'jose';
import { ROLES, type Caller, type Role } from './caller.js';

export interface TokenSettings {
  readonly secret: string;
  readonly issuer: string;
  readonly audience: string;
}

export interface TokenClaims {
  role: Role;
  customerId?: string;
  agentId?: string;
}

const ALGORITHM = 'HS256';
/** How far the clocks of issuer and server may be apart, s. */
const CLOCK_TOLERANCE = 30;

/** Issues and checks the bearer tokens of SPEC 6. The algorithm is ours to choose, never the token's. */
export class AccessTokens {
  private readonly key: Uint8Array;

  constructor(private readonly settings: TokenSettings) {
    this.key = new TextEncoder().encode(settings.secret);
  }

  /**
   * @param lifetime for example `12h`, `30m`, `7d`
   * @throws Error when the claims are not such as {@link verify} accepts
   */
  async issue(claims: TokenClaims, lifetime: string): Promise<string> {
    const payload: JWTPayload = {
      role: claims.role,
      ...(claims.customerId === undefined ? {} : { customer_id: claims.customerId }),
      ...(claims.agentId === undefined ? {} : { agent_id: claims.agentId }),
    };
    toCaller(payload);
    return new SignJWT(payload)
      .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
      .setIssuer(this.settings.issuer)
      .setAudience(this.settings.audience)
      .setIssuedAt()
      .setExpirationTime(lifetime)
      .sign(this.key);
  }

  /** @throws Error when the token is not ours, not valid now, or says something unknown; the text is not for the sender */
  async verify(token: string): Promise<Caller> {
    const { payload } = await jwtVerify(token, this.key, {
      algorithms: [ALGORITHM],
      issuer: this.settings.issuer,
      audience: this.settings.audience,
      clockTolerance: CLOCK_TOLERANCE,
      requiredClaims: ['exp', 'iss', 'aud'],
    });
    return toCaller(payload);
  }
}

function toCaller(payload: JWTPayload): Caller {
  const { role, customer_id: customerId, agent_id: agentId } = payload;
  if (!ROLES.includes(role as Role)) throw new Error(`role must be one of ${ROLES.join(', ')}`);
  const caller = {
    role: role as Role,
    customerId: id('customer_id', customerId),
    agentId: id('agent_id', agentId),
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
