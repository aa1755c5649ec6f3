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
  /** The field's path in the request. */
  field: string;
  /** What is wrong, and what is allowed. */
  message: string;
}

/**
 * Every refusal of this library. Bad input changes nothing and loses nothing.
 * `retryAfter` (ms) is set for RESOURCE_EXHAUSTED and UNAVAILABLE.
 */
export class GroupcallError extends Error {
  /** Tells this class apart where `instanceof` cannot. */
  override readonly name = 'GroupcallError';

  constructor(
    /** What kind of refusal it is: decide by this, never by the message. */
    readonly reason: ErrorReason,
    message: string = ERROR_REASONS[reason],
    /** Every bad field, for INVALID_ARGUMENT. */
    readonly details: readonly FieldProblem[] = [],
    /** ms after which it makes sense to try again. */
    readonly retryAfter?: number,
  ) {
    super(message);
  }
}

/**
 * A command was sent to another process and no reply came in time: it may have been carried out, or may still be.
 * Execute the same command object again, or another one with the same `commandId`: it takes effect at most once.
 */
export class CommandOutcomeUnknownError extends GroupcallError {
  constructor(
    /** Ask again with this id. */
    readonly commandId: string,
    what: string,
  ) {
    super(
      'UNAVAILABLE',
      `${what} The outcome is not known: ask again with the same command id ${commandId}.`,
      [],
      1000,
    );
  }
}

/**
 * The process has more to do than it can and refuses what would only wait. Nothing was done: the command is safe to
 * repeat, here after `retryAfter` ms or at once at another process.
 */
export class OverloadedError extends GroupcallError {
  constructor(
    message: string,
    /** ms after which it makes sense to try again. */
    override readonly retryAfter: number,
  ) {
    super('UNAVAILABLE', message, [], retryAfter);
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
