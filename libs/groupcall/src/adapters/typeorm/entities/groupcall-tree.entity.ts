import { Column, Entity, PrimaryColumn } from 'typeorm';
import { TABLES } from '../tables.js';
import { epochMs } from './epoch-ms.js';

/** The hot row of a tree: what is compared and set by every turn. Never written through a repository. */
@Entity({ name: TABLES.tree, synchronize: false })
export class GroupcallTreeEntity {
  /** The root groupcall, primary key. */
  @PrimaryColumn('uuid', { name: 'root_id' }) rootId!: string;
  /** Whose it is. */
  @Column('uuid', { name: 'customer_id' }) customerId!: string;
  /** The call on whose behalf it rings, or the nil UUID. */
  @Column('uuid', { name: 'master_call_id' }) masterCallId!: string;
  /** What the ids of its legs and children begin with; null: the root's own id. */
  @Column('uuid', { name: 'member_base', nullable: true }) memberBase!: string | null;
  /** The compare-and-set that chooses the winner between processes. */
  @Column('int') version!: number;
  /** Public events so far. */
  @Column('int', { name: 'event_sequence' }) eventSequence!: number;
  /** The leg that won; null: none has. */
  @Column('uuid', { name: 'winner_leg_id', nullable: true }) winnerLegId!: string | null;
  /** Answers of legs that had ended. */
  @Column('int', { name: 'late_answers' }) lateAnswers!: number;
  /** When its next deadline is, epoch ms; null: it has none. */
  @Column('bigint', { name: 'next_alarm_at', nullable: true, transformer: epochMs }) nextAlarmAt!:
    number | null;
  /** The root has not ended. */
  @Column('boolean') live!: boolean;
  /** The root was deleted. */
  @Column('boolean') deleted!: boolean;
  /** The key it was created with. */
  @Column('varchar', { name: 'idempotency_key', length: 255, nullable: true }) idempotencyKey!: string | null;
  /** Tells whether a later request with that key is the same. */
  @Column('varchar', { name: 'request_fingerprint', length: 64, nullable: true }) requestFingerprint!:
    string | null;
  /** Epoch ms. */
  @Column('bigint', { name: 'tm_create', transformer: epochMs }) tmCreate!: number;
}
