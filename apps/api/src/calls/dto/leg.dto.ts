import { LEG_HANGUP_REASONS, LEG_STATUSES } from '@groupcall/groupcall';
import { NEVER } from '@groupcall/shared';
import { ApiProperty } from '@nestjs/swagger';
import { DestinationDto } from '../../groupcalls/dto/address.dto.js';

const Moment = (description: string, example = NEVER) =>
  ApiProperty({ example, description: `${description}; UTC, ${NEVER} = not yet` });

/** A leg on the wire: one call for one destination (SPEC 2). */
export class LegDto {
  @ApiProperty({ format: 'uuid', example: '019a8f3e-5c1b-7d2a-9e64-3f0b8a7c1d26' })
  id!: string;

  @ApiProperty({ format: 'uuid', example: '019a8f3e-5c1b-7d2a-9e64-3f0b8a7c1d25' })
  groupcall_id!: string;

  @ApiProperty({ format: 'uuid', example: '01900000-0000-7000-8000-000000000001' })
  customer_id!: string;

  @ApiProperty({ type: DestinationDto })
  destination!: DestinationDto;

  @ApiProperty({ type: 'integer', example: 0 })
  destination_index!: number;

  @ApiProperty({ enum: LEG_STATUSES, example: 'ringing', description: 'Only moves forward and may skip' })
  status!: string;

  @ApiProperty({ enum: ['', ...LEG_HANGUP_REASONS], example: '' })
  hangup_reason!: string;

  @ApiProperty({ enum: ['', 'local', 'remote'], example: '', description: 'local: we ended it' })
  hangup_by!: string;

  @Moment('Created', '2026-01-02 03:04:05.678000')
  tm_create!: string;

  @Moment('Placed', '2026-01-02 03:04:05.701000')
  tm_dial!: string;

  @Moment('Rang', '2026-01-02 03:04:05.750000')
  tm_ringing!: string;

  @Moment('Answered')
  tm_answer!: string;

  @Moment('Ended')
  tm_hangup!: string;

  @Moment('When its ring time is over', '2026-01-02 03:04:35.678000')
  dial_deadline!: string;
}

export class LegListDto {
  @ApiProperty({ type: [LegDto] })
  result!: LegDto[];
}

export class LegPageDto extends LegListDto {
  @ApiProperty({ example: '', description: 'Empty when there is no more' })
  next_page_token!: string;
}
