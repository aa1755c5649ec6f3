import type { Address } from '@groupcall/address';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Destination } from '../../../domain/destination.js';
import type { HangupBy, LegHangupReason, LegStatus } from '../../../domain/status.js';
import type { LegState } from '../../../domain/tree-state.js';
import { TABLES } from '../tables.js';
import { epochMs } from './epoch-ms.js';

/** One call placed for one destination. */
@Entity(TABLES.leg)
export class GroupcallLegEntity implements LegState {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'root_id' }) rootId!: string;
  /** Order of creation within the tree. */
  @Column('int') ordinal!: number;
  @Column('uuid', { name: 'groupcall_id' }) groupcallId!: string;
  @Column('uuid', { name: 'customer_id' }) customerId!: string;
  @Column('json') source!: Address;
  @Column('json') destination!: Destination;
  @Column('int', { name: 'destination_index' }) destinationIndex!: number;
  @Column('varchar', { length: 16 }) status!: LegStatus;
  @Column('varchar', { name: 'hangup_reason', length: 32 }) hangupReason!: LegHangupReason | '';
  @Column('varchar', { name: 'hangup_by', length: 16 }) hangupBy!: HangupBy;
  @Column('bigint', { name: 'tm_create', transformer: epochMs }) tmCreate!: number;
  @Column('bigint', { name: 'tm_dial', nullable: true, transformer: epochMs }) tmDial!: number | null;
  @Column('bigint', { name: 'tm_ringing', nullable: true, transformer: epochMs }) tmRinging!: number | null;
  @Column('bigint', { name: 'tm_answer', nullable: true, transformer: epochMs }) tmAnswer!: number | null;
  @Column('bigint', { name: 'tm_hangup', nullable: true, transformer: epochMs }) tmHangup!: number | null;
  @Column('bigint', { name: 'dial_deadline', transformer: epochMs }) dialDeadline!: number;
}
