import { ERROR_REASONS, GroupcallError, type ErrorReason } from '../domain/groupcall-error.js';
import type { CommandReply, WireError } from '../ports/command-transport.port.js';

/** A refusal in the form in which it travels. */
export function refusal({ reason, message, details, retryAfter }: GroupcallError): CommandReply {
  const rest = retryAfter === undefined ? {} : { retryAfter };
  return { ok: false, error: { reason, message, details: [...details], ...rest } };
}

/** The result of a reply, or the error that the engine's own caller would have got: same class, same words. */
export function resultOf(reply: CommandReply): unknown {
  // What answers nothing in-process answers undefined.
  if (reply.ok) return reply.result ?? undefined;
  throw errorOf(reply.error);
}

function errorOf({ reason, message, details, retryAfter }: WireError): GroupcallError {
  // A newer engine may know reasons that we do not.
  const known = Object.hasOwn(ERROR_REASONS, reason) ? (reason as ErrorReason) : 'UNAVAILABLE';
  return new GroupcallError(known, message, details, retryAfter);
}

/** Whether something that came over the wire is a reply. */
export function isReply(value: unknown): value is CommandReply {
  if (typeof value !== 'object' || value === null) return false;
  const { ok, error } = value as { ok?: unknown; error?: Partial<WireError> | null };
  if (ok === true) return 'result' in value;
  return (
    ok === false &&
    typeof error === 'object' &&
    error !== null &&
    typeof error.reason === 'string' &&
    typeof error.message === 'string' &&
    Array.isArray(error.details)
  );
}
