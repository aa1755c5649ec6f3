import { ADDRESS_TYPES } from '@groupcall/address';
import { RING_METHODS } from '@groupcall/groupcall';
import { ApiProperty } from '@nestjs/swagger';

/** Somebody who calls or can be rung (SPEC 3). */
export class AddressDto {
  @ApiProperty({ enum: ADDRESS_TYPES, example: 'sip' })
  type!: string;

  @ApiProperty({ example: 'answer-after-2s@sim', description: 'In canonical form' })
  target!: string;

  @ApiProperty({ example: '' })
  target_name!: string;

  @ApiProperty({ example: 'Alice' })
  name!: string;

  @ApiProperty({ example: '' })
  detail!: string;
}

/** An address to ring, or a groupcall in a groupcall: then with the keys that only that type has. */
export class DestinationDto extends AddressDto {
  @ApiProperty({ required: false, enum: RING_METHODS, description: 'Type groupcall only' })
  ring_method?: string;

  @ApiProperty({
    required: false,
    type: 'integer',
    description: "Type groupcall only, ms; missing = the parent's",
  })
  dial_timeout?: number;

  @ApiProperty({ required: false, type: () => [DestinationDto], description: 'Type groupcall only' })
  destinations?: DestinationDto[];
}
