import { Column, Entity, PrimaryColumn } from 'typeorm';
import { TABLES } from '../tables.js';
import { epochMs } from './epoch-ms.js';

/** What a customer has dialled a moment ago, by number (`''`: all of them). Only with limits on the pace of dials. */
@Entity({ name: TABLES.dial, synchronize: false })
export class GroupcallDialEntity {
  /** Who called. */
  @PrimaryColumn('uuid', { name: 'customer_id' }) customerId!: string;
  /** Which number. */
  @PrimaryColumn('varchar', { length: 64 }) number!: string;
  /** Pairs of a leg's id and the moment, epoch ms. */
  @Column('simple-json') recent!: [string, number][];
  /** When, epoch ms. */
  @Column('bigint', { name: 'dialled_at', transformer: epochMs }) dialledAt!: number;
}
