import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import type { Effect, EffectKind } from '../../../domain/effect.js';
import { TABLES } from '../tables.js';
import { epochMs } from './epoch-ms.js';

/** What the world must still do because of a committed decision. Rows that are done are gone. */
@Entity(TABLES.outbox)
export class GroupcallOutboxEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' }) id!: string;
  @Column('uuid', { name: 'root_id' }) rootId!: string;
  @Column('uuid', { name: 'customer_id' }) customerId!: string;
  /** Effects of one lane are executed one after the other, in the order of version and ordinal. */
  @Column('varchar', { length: 64 }) lane!: string;
  @Column('int') version!: number;
  @Column('int') ordinal!: number;
  @Column('varchar', { length: 16 }) kind!: EffectKind;
  /** Hangups before dials before the rest. */
  @Column('smallint') priority!: number;
  @Column('uuid', { name: 'leg_id', nullable: true }) legId!: string | null;
  @Column('json') payload!: Effect;
  /** `pending`, or `dead`: given up, kept for the operator. */
  @Column('varchar', { length: 16, default: 'pending' }) status!: 'pending' | 'dead';
  @Column('int', { default: 0 }) attempts!: number;
  @Column('int', { name: 'claim_no', default: 0 }) claimNo!: number;
  @Column('varchar', { name: 'claimed_by', length: 96, nullable: true }) claimedBy!: string | null;
  @Column('bigint', { name: 'claim_until', default: 0, transformer: epochMs }) claimUntil!: number;
  @Column('bigint', { name: 'next_at', default: 0, transformer: epochMs }) nextAt!: number;
  @Column('text', { name: 'last_error', nullable: true }) lastError!: string | null;
  @Column('bigint', { name: 'created_at', transformer: epochMs }) createdAt!: number;
}
