import type { ErrorReason, FieldProblem } from '@groupcall/groupcall';

/**
 * The one table from the reason of a refusal to its HTTP status (SPEC 6). The first five are the library's own;
 * the others exist only on HTTP.
 */
export const STATUS_OF_REASON = {
  INVALID_ARGUMENT: 400,
  NOT_FOUND: 404,
  CONFLICT: 409,
  RESOURCE_EXHAUSTED: 429,
  UNAVAILABLE: 503,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  INTERNAL: 500,
} as const satisfies Record<ErrorReason, number> & Record<string, number>;
export type ApiReason = keyof typeof STATUS_OF_REASON;

/** A refusal that is decided at the HTTP edge. What the library refuses is a GroupcallError. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly reason: ApiReason,
    message: string,
    readonly details: readonly FieldProblem[] = [],
    /** When a repetition makes sense, ms. */
    readonly retryAfter?: number,
  ) {
    super(message);
  }
}

/** A 400 that names the bad fields by their paths. */
export function badFields(details: readonly FieldProblem[]): ApiError {
  const [first] = details;
  const more = details.length > 1 ? ` (and ${details.length - 1} more)` : '';
  return new ApiError(
    'INVALID_ARGUMENT',
    first ? `${first.field}: ${first.message}${more}` : 'The request is malformed.',
    details,
  );
}

export function badField(field: string, message: string): ApiError {
  return badFields([{ field, message }]);
}

export function notFound(what: string): ApiError {
  return new ApiError('NOT_FOUND', `There is no such ${what}.`);
}
