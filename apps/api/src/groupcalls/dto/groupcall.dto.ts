import { ANSWER_METHODS, GROUPCALL_STATUSES, RING_METHODS, UNANSWERED_REASONS } from '@groupcall/groupcall';
import { NEVER, NIL_UUID } from '@groupcall/shared';
import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { AddressDto, DestinationDto } from './address.dto.js';

const EXAMPLE_ID = '019a8f3e-5c1b-7d2a-9e64-3f0b8a7c1d25';
const Uuid = (description: string, example = NIL_UUID) =>
  ApiProperty({ format: 'uuid', example, description });
const Moment = (description: string, example = NEVER) =>
  ApiProperty({ example, description: `${description}; UTC, ${NEVER} = not yet` });
const Count = (description: string, example = 0) =>
  ApiProperty({ type: 'integer', minimum: 0, example, description });
const Ids = (description: string, example: string[]) =>
  applyDecorators(ApiProperty({ type: [String], format: 'uuid', example, description }));

/** A groupcall on the wire: every key always present, in this order (SPEC 2). */
export class GroupcallDto {
  @Uuid('UUIDv7', EXAMPLE_ID)
  id!: string;

  @Uuid('', '01900000-0000-7000-8000-000000000001')
  customer_id!: string;

  @ApiProperty({ enum: ['', 'agent'], example: '' })
  owner_type!: string;

  @Uuid('The agent for whom it was made')
  owner_id!: string;

  @ApiProperty({
    enum: GROUPCALL_STATUSES,
    example: 'progressing',
    description: 'Only moves forward; progressing covers ringing and talking',
  })
  status!: string;

  @Uuid('')
  flow_id!: string;

  @ApiProperty({ type: AddressDto })
  source!: AddressDto;

  @ApiProperty({ type: [DestinationDto] })
  destinations!: DestinationDto[];

  @Uuid('The call on whose behalf is rung')
  master_call_id!: string;

  @Uuid('The parent; nil for a root')
  master_groupcall_id!: string;

  @ApiProperty({ enum: RING_METHODS, example: 'ring_all' })
  ring_method!: string;

  @ApiProperty({ enum: ANSWER_METHODS, example: 'hangup_others' })
  answer_method!: string;

  @Uuid('The leg that won, if it is one of this groupcall')
  answer_call_id!: string;

  @Ids('Its legs, in destination order', ['019a8f3e-5c1b-7d2a-9e64-3f0b8a7c1d26'])
  call_ids!: string[];

  @Uuid('The child that won')
  answer_groupcall_id!: string;

  @Ids('Its children, in destination order', [])
  groupcall_ids!: string[];

  @Count('Legs that have not ended', 1)
  call_count!: number;

  @Count('Children that have not ended')
  groupcall_count!: number;

  @Count('Which destination is being dialled (linear)')
  dial_index!: number;

  @Moment('Created', '2026-01-02 03:04:05.678000')
  tm_create!: string;

  @Moment('Last changed', '2026-01-02 03:04:05.678000')
  tm_update!: string;

  @Moment('Deleted')
  tm_delete!: string;

  @ApiProperty({ type: 'integer', example: 30_000, description: 'Ring time per leg, ms' })
  dial_timeout!: number;

  @ApiProperty({
    enum: ['', 'normal', 'cancel', ...UNANSWERED_REASONS],
    example: '',
    description: 'Empty until hangup',
  })
  hangup_reason!: string;
}

export class GroupcallPageDto {
  @ApiProperty({ type: [GroupcallDto] })
  result!: GroupcallDto[];

  @ApiProperty({ example: '', description: 'Empty when there is no more' })
  next_page_token!: string;
}
