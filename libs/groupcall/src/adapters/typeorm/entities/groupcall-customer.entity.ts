import { Column, Entity, PrimaryColumn } from 'typeorm';
import { TABLES } from '../tables.js';
import { epochMs } from './epoch-ms.js';

/** What the limits of one customer count, across all processes. */
@Entity({ name: TABLES.customer, synchronize: false })
export class GroupcallCustomerEntity {
  /** Primary key. */
  @PrimaryColumn('uuid', { name: 'customer_id' }) customerId!: string;
  /** Changed in the same statement as the legs it counts. */
  @Column('int', { name: 'live_legs', default: 0 }) liveLegs!: number;
  /** New groupcalls that may be created right now; refilled as time passes. Null: never asked for. */
  @Column('double precision', { name: 'rate_tokens', nullable: true }) rateTokens!: number | null;
  /** When that was counted, epoch ms. */
  @Column('bigint', { name: 'rate_at', default: 0, transformer: epochMs }) rateAt!: number;
}
