import type { Address } from '@groupcall/address';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Destination } from '../../../domain/destination.js';
import type {
  AnswerMethod,
  GroupcallHangupReason,
  GroupcallStatus,
  OwnerType,
  RingMethod,
} from '../../../domain/status.js';
import type { GroupcallState, Slot } from '../../../domain/tree-state.js';
import { TABLES } from '../tables.js';
import { epochMs } from './epoch-ms.js';

/** A groupcall, root or nested: the resource of SPEC 2, and which tree it belongs to. */
@Entity(TABLES.groupcall)
export class GroupcallEntity implements GroupcallState {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'root_id' }) rootId!: string;
  /** Order of creation within the tree. */
  @Column('int') ordinal!: number;
  @Column('uuid', { name: 'customer_id' }) customerId!: string;
  @Column('varchar', { name: 'owner_type', length: 16 }) ownerType!: OwnerType;
  @Column('uuid', { name: 'owner_id' }) ownerId!: string;
  @Column('varchar', { length: 16 }) status!: GroupcallStatus;
  @Column('uuid', { name: 'flow_id' }) flowId!: string;
  @Column('json') source!: Address;
  @Column('json') destinations!: Destination[];
  @Column('json') slots!: Slot[];
  @Column('uuid', { name: 'master_call_id' }) masterCallId!: string;
  @Column('uuid', { name: 'master_groupcall_id' }) masterGroupcallId!: string;
  @Column('int', { name: 'destination_index' }) destinationIndex!: number;
  @Column('varchar', { name: 'ring_method', length: 16 }) ringMethod!: RingMethod;
  @Column('varchar', { name: 'answer_method', length: 16 }) answerMethod!: AnswerMethod;
  @Column('uuid', { name: 'answer_call_id' }) answerCallId!: string;
  @Column('uuid', { name: 'answer_groupcall_id' }) answerGroupcallId!: string;
  @Column('int', { name: 'call_count' }) callCount!: number;
  @Column('int', { name: 'groupcall_count' }) groupcallCount!: number;
  @Column('int', { name: 'dial_index' }) dialIndex!: number;
  @Column('int', { name: 'dial_timeout' }) dialTimeout!: number;
  @Column('varchar', { name: 'hangup_reason', length: 32 }) hangupReason!: GroupcallHangupReason;
  @Column('text') origin!: string;
  @Column('bigint', { name: 'tm_create', transformer: epochMs }) tmCreate!: number;
  @Column('bigint', { name: 'tm_update', transformer: epochMs }) tmUpdate!: number;
  @Column('bigint', { name: 'tm_delete', nullable: true, transformer: epochMs }) tmDelete!: number | null;
}
