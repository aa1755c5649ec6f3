import { GroupcallError, OverloadedError, type FieldProblem } from '@groupcall/groupcall';
import { HttpException } from '@nestjs/common';
import { ApiError, STATUS_OF_REASON, type ApiReason } from './api-error.js';
import { isUnavailable } from './is-unavailable.js';

/** The body of every answer that is no success (SPEC 6). */
export interface ErrorEnvelope {
  error: {
    status: number;
    reason: ApiReason;
    message: string;
    request_id: string;
    details?: readonly FieldProblem[];
  };
}

/** An answer to a failed request, and whether it is our fault and belongs in the log. */
export interface ErrorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ErrorEnvelope;
  readonly isFault: boolean;
}

/** Retry after this if nobody knows better, ms. */
const DEFAULT_RETRY_AFTER = 1_000;

/** Anything thrown → what the sender may know of it. Texts of unknown errors stay inside. */
export function answerTo(error: unknown, requestId: string): ErrorAnswer {
  const { reason, message, details, retryAfter } = refusalOf(error);
  const status = STATUS_OF_REASON[reason];
  const headers: Record<string, string> = {};
  if (status === 401) headers['WWW-Authenticate'] = 'Bearer';
  if (status === 429 || status === 503) {
    headers['Retry-After'] = String(Math.max(1, Math.ceil((retryAfter ?? DEFAULT_RETRY_AFTER) / 1_000)));
  }
  const error_ = { status, reason, message, request_id: requestId };
  return {
    status,
    headers,
    body: { error: details.length > 0 ? { ...error_, details } : error_ },
    // A line for each of those who are turned away would be one more load; they are counted.
    isFault: status >= 500 && !(error instanceof OverloadedError),
  };
}

type Refusal = Pick<ApiError, 'reason' | 'message' | 'details' | 'retryAfter'>;

function refusalOf(error: unknown): Refusal {
  if (error instanceof ApiError || error instanceof GroupcallError) return error;
  if (error instanceof HttpException) return refusalOfHttp(error);
  if (isUnavailable(error))
    return new ApiError('UNAVAILABLE', 'A part of the service does not answer. Try again.');
  return new ApiError(
    'INTERNAL',
    'Something went wrong on our side. Quote the request_id when you report it.',
  );
}

/** What Nest, Express and the body parser refuse; their own texts may repeat what was sent. */
const HTTP_MESSAGES: Partial<Record<number, readonly [ApiReason, string]>> = {
  400: ['INVALID_ARGUMENT', 'The request is malformed.'],
  401: ['UNAUTHENTICATED', 'Send an access token: Authorization: Bearer <token>.'],
  403: ['PERMISSION_DENIED', 'This is not allowed.'],
  404: ['NOT_FOUND', 'There is no such route.'],
  413: ['PAYLOAD_TOO_LARGE', 'The body is too large.'],
  415: ['UNSUPPORTED_MEDIA_TYPE', 'The body must be JSON in UTF-8: Content-Type: application/json.'],
  503: ['UNAVAILABLE', 'A part of the service does not answer. Try again.'],
};

function refusalOfHttp(error: HttpException): Refusal {
  if (error.cause instanceof ApiError) return error.cause;
  const status = error.getStatus();
  const [reason, message] = HTTP_MESSAGES[status] ?? HTTP_MESSAGES[status < 500 ? 400 : 503]!;
  return status === 500 ? refusalOf(undefined) : new ApiError(reason, message);
}
