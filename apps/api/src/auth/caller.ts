import { isUuid } from '@groupcall/shared';
import { ApiError, badField } from '../http/api-error.js';

export const ROLES = ['customer_admin', 'customer_manager', 'customer_agent', 'platform_admin'] as const;
export type Role = (typeof ROLES)[number];

/** Who may do everything within a customer. */
export const CUSTOMER_WRITERS = [
  'customer_admin',
  'customer_manager',
  'platform_admin',
] as const satisfies readonly Role[];

/** Who sent the request, as the token says. */
export interface Caller {
  readonly role: Role;
  /** Null only for a platform administrator, who belongs to no customer. */
  readonly customerId: string | null;
  readonly agentId: string | null;
  /** Epoch ms at which the token ends: what goes on for longer than a request must end with it. */
  readonly expiresAt: number;
}

/** What the guard leaves at the request. */
export interface AuthenticatedRequest {
  caller?: Caller;
}

/** What the request is about: one customer, and for an agent only what that agent owns. */
export interface Scope {
  readonly customerId: string;
  /** Set: only groupcalls with this `owner_id` may be seen. */
  readonly ownerId: string | null;
}

/**
 * The customer a request is about. A platform administrator names it with `?customer_id=`, everybody else has one.
 * @throws ApiError INVALID_ARGUMENT when it is missing or no UUID, PERMISSION_DENIED when it is somebody else's
 */
export function scopeOf(caller: Caller, named: unknown): Scope {
  if (named !== undefined && !isUuid(named)) throw badField('customer_id', 'must be a UUID');
  const customerId = named?.toLowerCase();
  if (caller.role === 'platform_admin') {
    if (!customerId) throw badField('customer_id', 'is needed: say which customer with ?customer_id=<uuid>');
    return { customerId, ownerId: null };
  }
  if (!caller.customerId || (customerId && customerId !== caller.customerId)) {
    throw new ApiError('PERMISSION_DENIED', 'This token is for another customer.');
  }
  return { customerId: caller.customerId, ownerId: caller.role === 'customer_agent' ? caller.agentId : null };
}
