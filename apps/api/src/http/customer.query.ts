import { IsOptional, IsString } from 'class-validator';
import { UuidText, WholeNumber } from './validation.js';
import { ApiProperty } from '@nestjs/swagger';

/** The query of every route of a customer. What `customer_id` means is decided by `@CurrentScope`. */
export class CustomerQuery {
  // Documented once, by @ApiCustomerRoute.
  @IsOptional()
  @UuidText()
  customer_id?: string;
}

export const MOST_PER_PAGE = 100;

/** The query of every list. */
export class PageQuery extends CustomerQuery {
  @ApiProperty({
    required: false,
    minimum: 1,
    maximum: MOST_PER_PAGE,
    default: MOST_PER_PAGE,
    type: 'integer',
  })
  @IsOptional()
  @WholeNumber(1, MOST_PER_PAGE)
  page_size: number = MOST_PER_PAGE;

  @ApiProperty({
    required: false,
    description: 'The next_page_token of the page before, with the same filters',
  })
  @IsOptional()
  @IsString({ message: 'must be a text' })
  page_token?: string;
}
