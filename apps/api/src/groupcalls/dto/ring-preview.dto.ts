import { ApiProperty } from '@nestjs/swagger';
import { DestinationDto } from './address.dto.js';

const Milliseconds = (description: string, example: number) =>
  ApiProperty({ type: 'integer', minimum: 0, example, description });

class PreviewedRingDto {
  @Milliseconds('When it would begin to ring, ms from the start', 20_000)
  at!: number;

  @Milliseconds('When it would be hung up because nobody answers, ms from the start', 50_000)
  until!: number;

  @ApiProperty({
    example: 'destinations[1].destinations[0]',
    description: 'Its place in the request; what the directory adds is called contacts',
  })
  path!: string;

  @ApiProperty({ type: DestinationDto })
  destination!: DestinationDto;
}

class PreviewWarningDto {
  @ApiProperty({ enum: ['refused', 'unresolvable', 'not_dialable', 'duplicate', 'long', 'silent'] })
  kind!: string;

  @ApiProperty({ example: 'destinations[0]', description: 'Its place in the request; empty for the whole' })
  path!: string;

  @ApiProperty()
  message!: string;
}

/** What a request would let ring when, if nobody answered. */
export class RingPreviewDto {
  @ApiProperty({ type: [PreviewedRingDto] })
  rings!: PreviewedRingDto[];

  @ApiProperty({ type: 'integer', minimum: 0, description: 'Calls in all' })
  legs!: number;

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    description: 'Calls that would ring at the same time, at most',
  })
  most_at_once!: number;

  @Milliseconds('Until the groupcall would end unanswered, ms', 60_000)
  longest!: number;

  @ApiProperty({ type: [PreviewWarningDto] })
  warnings!: PreviewWarningDto[];
}
