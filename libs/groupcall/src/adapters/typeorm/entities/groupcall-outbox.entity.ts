import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import type { Effect, EffectKind } from '../../../domain/effect.js';
import { TABLES } from '../tables.js';
import { epochMs } from './epoch-ms.js';

/** What the world must still do because of a committed decision. Rows that are done are gone. */
@Entity({ name: TABLES.outbox, synchronize: false })
export class GroupcallOutboxEntity {
  /** Primary key, in order of commit. */
  @PrimaryGeneratedColumn('identity', { type: 'bigint' }) id!: string;
  /** The tree it belongs to. */
  @Column('uuid', { name: 'root_id' }) rootId!: string;
  /** Whose it is. */
  @Column('uuid', { name: 'customer_id' }) customerId!: string;
  /** Effects of one lane are executed one after the other, in the order of version and ordinal. */
  @Column('varchar', { length: 64 }) lane!: string;
  /** The turn that wanted it. */
  @Column('int') version!: number;
  /** Its place in that turn. */
  @Column('int') ordinal!: number;
  /** What is to be done. */
  @Column('varchar', { length: 16 }) kind!: EffectKind;
  /** Hangups before dials before the rest; what has a hangup behind it in its lane goes with it. */
  @Column('smallint') priority!: number;
  /** The leg it is about, if any. */
  @Column('uuid', { name: 'leg_id', nullable: true }) legId!: string | null;
  /** The order itself. */
  @Column('json') payload!: Effect;
  /** `pending`, or `dead`: given up, kept for the operator. */
  @Column('varchar', { length: 16, default: 'pending' }) status!: 'pending' | 'dead';
  /** Tries that have failed. */
  @Column('int', { default: 0 }) attempts!: number;
  /** Fencing token. */
  @Column('int', { name: 'claim_no', default: 0 }) claimNo!: number;
  /** The process that has it, if any. */
  @Column('varchar', { name: 'claimed_by', length: 96, nullable: true }) claimedBy!: string | null;
  /** When the claim runs out, epoch ms. */
  @Column('bigint', { name: 'claim_until', default: 0, transformer: epochMs }) claimUntil!: number;
  /** When it is due, epoch ms. */
  @Column('bigint', { name: 'next_at', default: 0, transformer: epochMs }) nextAt!: number;
  /** Why the last try failed. */
  @Column('text', { name: 'last_error', nullable: true }) lastError!: string | null;
  /** Epoch ms. */
  @Column('bigint', { name: 'created_at', transformer: epochMs }) createdAt!: number;
}
