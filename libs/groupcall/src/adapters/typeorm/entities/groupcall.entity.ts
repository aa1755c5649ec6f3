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
@Entity({ name: TABLES.groupcall, synchronize: false })
export class GroupcallEntity implements GroupcallState {
  /** Primary key. */
  @PrimaryColumn('uuid') id!: string;
  /** The tree it belongs to. */
  @Column('uuid', { name: 'root_id' }) rootId!: string;
  /** Order of creation within the tree. */
  @Column('int') ordinal!: number;
  /** Whose it is. */
  @Column('uuid', { name: 'customer_id' }) customerId!: string;
  /** `agent`, or empty. */
  @Column('varchar', { name: 'owner_type', length: 16 }) ownerType!: OwnerType;
  /** The agent it belongs to, or the nil UUID. */
  @Column('uuid', { name: 'owner_id' }) ownerId!: string;
  /** Only moves forward. */
  @Column('varchar', { length: 16 }) status!: GroupcallStatus;
  /** Carried along. */
  @Column('uuid', { name: 'flow_id' }) flowId!: string;
  /** Who calls. */
  @Column('json') source!: Address;
  /** Whom it rings. */
  @Column('json') destinations!: Destination[];
  /** What has become of each destination. */
  @Column('json') slots!: Slot[];
  /** The call on whose behalf it rings, or the nil UUID. */
  @Column('uuid', { name: 'master_call_id' }) masterCallId!: string;
  /** The groupcall it is nested in, or the nil UUID. */
  @Column('uuid', { name: 'master_groupcall_id' }) masterGroupcallId!: string;
  /** Which destination of that one it is. */
  @Column('int', { name: 'destination_index' }) destinationIndex!: number;
  /** All at once, or one by one. */
  @Column('varchar', { name: 'ring_method', length: 16 }) ringMethod!: RingMethod;
  /** What happens to the others when one answers. */
  @Column('varchar', { name: 'answer_method', length: 16 }) answerMethod!: AnswerMethod;
  /** The leg that won, or the nil UUID. */
  @Column('uuid', { name: 'answer_call_id' }) answerCallId!: string;
  /** The nested groupcall in which somebody won, or the nil UUID. */
  @Column('uuid', { name: 'answer_groupcall_id' }) answerGroupcallId!: string;
  /** Legs that have not ended. */
  @Column('int', { name: 'call_count' }) callCount!: number;
  /** Nested groupcalls that have not ended. */
  @Column('int', { name: 'groupcall_count' }) groupcallCount!: number;
  /** How far a linear one has come. */
  @Column('int', { name: 'dial_index' }) dialIndex!: number;
  /** ms that each phone rings. */
  @Column('int', { name: 'dial_timeout' }) dialTimeout!: number;
  /** Why it has ended; empty: it has not. */
  @Column('varchar', { name: 'hangup_reason', length: 32 }) hangupReason!: GroupcallHangupReason;
  /** Where an expanded destination came from. */
  @Column('text') origin!: string;
  /** Epoch ms. */
  @Column('bigint', { name: 'tm_create', transformer: epochMs }) tmCreate!: number;
  /** When it last changed, epoch ms. */
  @Column('bigint', { name: 'tm_update', transformer: epochMs }) tmUpdate!: number;
  /** When it was deleted, epoch ms; null: not. */
  @Column('bigint', { name: 'tm_delete', nullable: true, transformer: epochMs }) tmDelete!: number | null;
}
