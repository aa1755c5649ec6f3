import { Column, Entity, PrimaryColumn } from 'typeorm';
import { TABLES } from '../tables.js';
import { epochMs } from './epoch-ms.js';

/** The hot row of a tree: what is compared and set by every turn. Never written through a repository. */
@Entity(TABLES.tree)
export class GroupcallTreeEntity {
  @PrimaryColumn('uuid', { name: 'root_id' }) rootId!: string;
  @Column('uuid', { name: 'customer_id' }) customerId!: string;
  @Column('uuid', { name: 'master_call_id' }) masterCallId!: string;
  /** The compare-and-set that chooses the winner between processes. */
  @Column('int') version!: number;
  @Column('int', { name: 'event_sequence' }) eventSequence!: number;
  @Column('uuid', { name: 'winner_leg_id', nullable: true }) winnerLegId!: string | null;
  @Column('int', { name: 'late_answers' }) lateAnswers!: number;
  @Column('bigint', { name: 'next_alarm_at', nullable: true, transformer: epochMs }) nextAlarmAt!:
    number | null;
  /** The root has not ended. */
  @Column('boolean') live!: boolean;
  @Column('boolean') deleted!: boolean;
  @Column('varchar', { name: 'idempotency_key', length: 255, nullable: true }) idempotencyKey!: string | null;
  @Column('varchar', { name: 'request_fingerprint', length: 64, nullable: true }) requestFingerprint!:
    string | null;
  @Column('bigint', { name: 'tm_create', transformer: epochMs }) tmCreate!: number;
}
