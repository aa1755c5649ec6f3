import {
  GROUPCALL_STATUSES,
  RING_METHODS,
  type GroupcallFilter,
  type GroupcallStatus,
  type RingMethod,
} from '@groupcall/groupcall';
import { ApiProperty } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { CustomerQuery, PageQuery } from '../../http/customer.query.js';
import { UuidText, WordOf } from '../../http/validation.js';

export class ListGroupcallsQuery extends PageQuery implements GroupcallFilter {
  @ApiProperty({ required: false, enum: GROUPCALL_STATUSES })
  @IsOptional()
  @WordOf(GROUPCALL_STATUSES)
  status?: GroupcallStatus;

  @ApiProperty({ required: false, enum: RING_METHODS })
  @IsOptional()
  @WordOf(RING_METHODS)
  ring_method?: RingMethod;

  @ApiProperty({ required: false, format: 'uuid' })
  @IsOptional()
  @UuidText()
  master_call_id?: string;

  @ApiProperty({ required: false, format: 'uuid', description: 'The nil UUID lists roots only' })
  @IsOptional()
  @UuidText()
  master_groupcall_id?: string;

  @ApiProperty({ required: false, format: 'uuid' })
  @IsOptional()
  @UuidText()
  owner_id?: string;

  @ApiProperty({ required: false, format: 'uuid' })
  @IsOptional()
  @UuidText()
  flow_id?: string;
}

export class ListLegsOfGroupcallQuery extends CustomerQuery {
  @ApiProperty({
    required: false,
    enum: ['true', 'false'],
    default: 'false',
    description: 'true: the legs of the whole tree',
  })
  @IsOptional()
  @WordOf(['true', 'false'])
  tree?: 'true' | 'false';
}
