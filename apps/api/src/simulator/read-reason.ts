import { LEG_HANGUP_REASONS, type LegHangupReason } from '@groupcall/groupcall';
import { badField } from '../http/api-error.js';
import { printable } from '../http/validation.js';

/**
 * The body of a hangup by the far end: nothing, or `{"reason":"busy"}`.
 * @throws ApiError INVALID_ARGUMENT
 */
export function readReason(body: unknown): LegHangupReason | undefined {
  if (body === undefined || body === null) return undefined;
  if (typeof body !== 'object' || Array.isArray(body))
    throw badField('body', 'must be an object: {"reason":"busy"}');
  const { reason, ...others } = body as Record<string, unknown>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw badField(printable(unknown), 'is not known here');
  if (reason === undefined) return undefined;
  const known = LEG_HANGUP_REASONS.find((one) => one === reason);
  if (known === undefined) throw badField('reason', `must be one of ${LEG_HANGUP_REASONS.join(', ')}`);
  return known;
}
