import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiProperty, ApiQuery, ApiResponse } from '@nestjs/swagger';
import { STATUS_OF_REASON } from './api-error.js';

export class FieldProblemDto {
  @ApiProperty({ example: 'destinations[3].target' })
  field!: string;

  @ApiProperty({ example: 'must be + and 7 to 15 digits' })
  message!: string;
}

class ErrorDto {
  @ApiProperty({ example: 400 })
  status!: number;

  @ApiProperty({ enum: Object.keys(STATUS_OF_REASON), example: 'INVALID_ARGUMENT' })
  reason!: string;

  @ApiProperty({ example: 'destinations[3].target: must be + and 7 to 15 digits' })
  message!: string;

  @ApiProperty({
    description: 'The X-Request-Id of this answer',
    example: '6f1c1d4e-7a51-4b5e-9a3f-0c9d2b1e8f77',
  })
  request_id!: string;

  @ApiProperty({ type: [FieldProblemDto], required: false, description: 'The bad fields, each by its path' })
  details?: FieldProblemDto[];
}

/** SPEC 6: the body of every answer that is no success. */
export class ErrorEnvelopeDto {
  @ApiProperty({ type: ErrorDto })
  error!: ErrorDto;
}

const MEANING = {
  400: 'INVALID_ARGUMENT: malformed; `details` names each bad field',
  401: 'UNAUTHENTICATED: no valid access token',
  403: 'PERMISSION_DENIED: the role or customer of the token does not allow this',
  404: "NOT_FOUND: unknown, or another customer's",
  409: 'CONFLICT: contradicts what is stored',
  413: 'PAYLOAD_TOO_LARGE: the body is over the limit',
  415: 'UNSUPPORTED_MEDIA_TYPE: the body is not application/json',
  429: 'RESOURCE_EXHAUSTED: over a limit of the customer; nothing is stored',
  503: 'UNAVAILABLE: a part of the service does not answer; safe to repeat',
} as const;
type DocumentedStatus = keyof typeof MEANING;

/** Documents the errors of a route. */
export const ApiErrors = (...statuses: DocumentedStatus[]) =>
  applyDecorators(
    ...statuses.map((status) =>
      ApiResponse({
        status,
        description: MEANING[status],
        type: ErrorEnvelopeDto,
        headers: headersOf(status),
      }),
    ),
  );

/** Documents what every route of a customer has in common. */
export const ApiCustomerRoute = () =>
  applyDecorators(
    ApiQuery({
      name: 'customer_id',
      required: false,
      description: 'Which customer; needed by platform_admin, for everybody else their own',
    }),
    ApiHeader({ name: 'X-Request-Id', required: false, description: 'Echoed, and found in the log' }),
    ApiErrors(400, 401, 403, 503),
  );

function headersOf(status: DocumentedStatus) {
  if (status !== 429 && status !== 503) return undefined;
  return {
    'Retry-After': {
      description: 'Seconds until a repetition makes sense',
      schema: { type: 'integer' as const },
    },
  };
}
