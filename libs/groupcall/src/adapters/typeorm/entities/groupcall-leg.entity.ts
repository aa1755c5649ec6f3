import type { Address } from '@groupcall/address';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Destination } from '../../../domain/destination.js';
import type { HangupBy, LegHangupReason, LegStatus } from '../../../domain/status.js';
import type { LegState } from '../../../domain/tree-state.js';
import { TABLES } from '../tables.js';
import { epochMs } from './epoch-ms.js';

/** One call placed for one destination. */
@Entity({ name: TABLES.leg, synchronize: false })
export class GroupcallLegEntity implements LegState {
  /** Primary key: the id of the call at the gateway. */
  @PrimaryColumn('uuid') id!: string;
  /** The tree it belongs to. */
  @Column('uuid', { name: 'root_id' }) rootId!: string;
  /** Order of creation within the tree. */
  @Column('int') ordinal!: number;
  /** The groupcall that rings it. */
  @Column('uuid', { name: 'groupcall_id' }) groupcallId!: string;
  /** Whose it is. */
  @Column('uuid', { name: 'customer_id' }) customerId!: string;
  /** Who calls. */
  @Column('json') source!: Address;
  /** Whom it rings. */
  @Column('json') destination!: Destination;
  /** Which destination of its groupcall that is. */
  @Column('int', { name: 'destination_index' }) destinationIndex!: number;
  /** Only moves forward. */
  @Column('varchar', { length: 16 }) status!: LegStatus;
  /** Why it has ended; empty: it has not. */
  @Column('varchar', { name: 'hangup_reason', length: 32 }) hangupReason!: LegHangupReason | '';
  /** Who ended it. */
  @Column('varchar', { name: 'hangup_by', length: 16 }) hangupBy!: HangupBy;
  /** When it was planned, epoch ms. */
  @Column('bigint', { name: 'tm_create', transformer: epochMs }) tmCreate!: number;
  /** When the gateway had it, epoch ms. */
  @Column('bigint', { name: 'tm_dial', nullable: true, transformer: epochMs }) tmDial!: number | null;
  /** When it rang, epoch ms. */
  @Column('bigint', { name: 'tm_ringing', nullable: true, transformer: epochMs }) tmRinging!: number | null;
  /** When it was answered, epoch ms. */
  @Column('bigint', { name: 'tm_answer', nullable: true, transformer: epochMs }) tmAnswer!: number | null;
  /** When it had ended, epoch ms. */
  @Column('bigint', { name: 'tm_hangup', nullable: true, transformer: epochMs }) tmHangup!: number | null;
  /** When it stops ringing by itself, epoch ms. */
  @Column('bigint', { name: 'dial_deadline', transformer: epochMs }) dialDeadline!: number;
}
