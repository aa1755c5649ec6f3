import { ANSWER_METHODS, DIAL_TIMEOUT, RING_METHODS, type CreateGroupcallInput } from '@groupcall/groupcall';
import { ApiProperty, PartialType } from '@nestjs/swagger';
import { badField, badFields } from '../../http/api-error.js';
import { printable } from '../../http/validation.js';
import { AddressDto, DestinationDto } from './address.dto.js';

class SourceDto extends PartialType(AddressDto) {}
class NewDestinationDto extends PartialType(DestinationDto) {}

/** The body of `POST /groupcalls`, for the documentation: its contents are checked by the library, for every way in. */
export class CreateGroupcallDto {
  @ApiProperty({
    type: SourceDto,
    required: false,
    example: { type: 'tel', target: '+15551230000', name: 'Reception' },
  })
  source?: unknown;

  @ApiProperty({
    type: [NewDestinationDto],
    example: [
      { type: 'sip', target: 'answer-after-2s@sim' },
      { type: 'sip', target: 'ring@sim' },
    ],
  })
  destinations!: unknown;

  @ApiProperty({ required: false, enum: RING_METHODS, default: 'ring_all' })
  ring_method?: unknown;

  @ApiProperty({
    required: false,
    enum: ANSWER_METHODS,
    default: 'hangup_others',
    description: '"" = keep the first answer, leave the others alone',
  })
  answer_method?: unknown;

  @ApiProperty({ required: false, type: String, format: 'uuid' })
  flow_id?: unknown;

  @ApiProperty({
    required: false,
    type: String,
    format: 'uuid',
    description: 'The call on whose behalf is rung: its end is a hangup request',
  })
  master_call_id?: unknown;

  @ApiProperty({
    required: false,
    type: 'integer',
    minimum: DIAL_TIMEOUT.min,
    maximum: DIAL_TIMEOUT.max,
    default: DIAL_TIMEOUT.default,
    description: 'Ring time per leg, ms',
  })
  dial_timeout?: unknown;
}

const KEYS = [
  'source',
  'destinations',
  'ring_method',
  'answer_method',
  'flow_id',
  'master_call_id',
  'dial_timeout',
] as const satisfies readonly (keyof CreateGroupcallDto)[];

/**
 * The command's input, with nothing in it that the body must not decide. Types are only claimed here: the library
 * trusts nobody and names what is wrong deeper down.
 * @throws ApiError INVALID_ARGUMENT for anything but an object, and for unknown keys
 */
export function toCreateInput(
  body: unknown,
  customerId: string,
  idempotencyKey: string | undefined,
): CreateGroupcallInput {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw badField('body', 'must be a JSON object with at least "destinations"');
  }
  const unknown = Object.keys(body).filter((key) => !(KEYS as readonly string[]).includes(key));
  if (unknown.length > 0) {
    const message = `is not known here; allowed are ${KEYS.join(', ')}`;
    throw badFields(unknown.slice(0, 50).map((key) => ({ field: printable(key), message })));
  }
  const request = body as CreateGroupcallDto;
  const input = {
    customerId,
    source: request.source,
    destinations: request.destinations,
    ringMethod: request.ring_method,
    answerMethod: request.answer_method,
    flowId: request.flow_id,
    masterCallId: request.master_call_id,
    dialTimeout: request.dial_timeout,
    idempotencyKey,
  };
  return input as CreateGroupcallInput;
}
