import { LEG_STATUSES, type LegFilter, type LegStatus } from '@groupcall/groupcall';
import { ApiProperty } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { PageQuery } from '../../http/customer.query.js';
import { UuidText, WordOf } from '../../http/validation.js';

export class ListCallsQuery extends PageQuery implements LegFilter {
  @ApiProperty({ required: false, format: 'uuid' })
  @IsOptional()
  @UuidText()
  groupcall_id?: string;

  @ApiProperty({ required: false, enum: LEG_STATUSES })
  @IsOptional()
  @WordOf(LEG_STATUSES)
  status?: LegStatus;
}
