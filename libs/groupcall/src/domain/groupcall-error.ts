/** The one table of errors. The API maps `reason` to an HTTP status; nothing else does. */
export const ERROR_REASONS = {
  INVALID_ARGUMENT: 'The request is malformed. Correct the fields named in details and send it again.',
  NOT_FOUND: 'There is no such resource for this customer.',
  CONFLICT: 'The request contradicts what is stored.',
  RESOURCE_EXHAUSTED: 'A limit of this customer is reached. Try again after the time given.',
  UNAVAILABLE: 'A part of the service does not answer. The command is safe to repeat.',
} as const;
export type ErrorReason = keyof typeof ERROR_REASONS;

/** One bad field: its path (`destinations[3].target`) and what to do about it. */
export interface FieldProblem {
  field: string;
  message: string;
}

/**
 * Every refusal of this library. Bad input changes nothing and loses nothing.
 * `retryAfter` (ms) is set for RESOURCE_EXHAUSTED and UNAVAILABLE.
 */
export class GroupcallError extends Error {
  override readonly name = 'GroupcallError';

  constructor(
    readonly reason: ErrorReason,
    message: string = ERROR_REASONS[reason],
    readonly details: readonly FieldProblem[] = [],
    readonly retryAfter?: number,
  ) {
    super(message);
  }
}

export function invalidArgument(details: readonly FieldProblem[]): GroupcallError {
  const first = details[0];
  const more = details.length > 1 ? ` (and ${details.length - 1} more)` : '';
  return new GroupcallError(
    'INVALID_ARGUMENT',
    first ? `${first.field}: ${first.message}${more}` : undefined,
    details,
  );
}

export function groupcallNotFound(id: string): GroupcallError {
  return new GroupcallError('NOT_FOUND', `There is no groupcall ${id}.`);
}

export function legNotFound(id: string): GroupcallError {
  return new GroupcallError('NOT_FOUND', `There is no call ${id}.`);
}

export function conflict(message: string): GroupcallError {
  return new GroupcallError('CONFLICT', message);
}

export function exhausted(message: string, retryAfter: number): GroupcallError {
  return new GroupcallError('RESOURCE_EXHAUSTED', message, [], retryAfter);
}

export function unavailable(message: string, retryAfter = 1000): GroupcallError {
  return new GroupcallError('UNAVAILABLE', message, [], retryAfter);
}
