import type { GatewayCallState, LegHangupReason } from '@groupcall/groupcall';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What was hung up before it was placed: nothing to ring, and never to be placed again. */
export type SimulatedCallState = Exclude<GatewayCallState, 'unknown'> | 'tombstone';

/** What the gateway has to tell about a call, at most once each unless played by hand, always in this order. */
export type CallNews = 'ringing' | 'answered' | 'ended';

/** One call of the simulated gateway. Changed by single statements only, never through a repository. Moments are epoch ms. */
@Entity('simulated_call')
export class SimulatedCall {
  /** The leg's id. */
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'customer_id', nullable: true })
  customerId!: string | null;

  @Column('uuid', { name: 'groupcall_id', nullable: true })
  groupcallId!: string | null;

  @Column('uuid', { name: 'root_id', nullable: true })
  rootId!: string | null;

  @Column('text', { nullable: true })
  target!: string | null;

  /** Tells a repeated request from another one under the same id. */
  @Column('text', { nullable: true })
  fingerprint!: string | null;

  @Column('text')
  state!: SimulatedCallState;

  /** Why it ended. */
  @Column('text', { nullable: true })
  reason!: LegHangupReason | null;

  @Column('text', { name: 'next_step', nullable: true })
  nextStep!: 'answer' | 'end' | null;

  @Column('text', { name: 'next_reason', nullable: true })
  nextReason!: LegHangupReason | null;

  @Column('bigint', { name: 'next_at', nullable: true })
  nextAt!: string | null;

  /** ms between answer and end. */
  @Column('bigint', { name: 'talk_time', nullable: true })
  talkTime!: string | null;

  @Column('boolean', { name: 'answers_on_cancel', default: false })
  answersOnCancel!: boolean;

  /** Not told yet, in order. */
  @Column('text', { array: true, default: () => "'{}'" })
  news!: CallNews[];

  /** When the news may be told: now, after a back-off, or when the lease of the process that tells them is over. */
  @Column('bigint', { name: 'news_at', nullable: true })
  newsAt!: string | null;

  /** Fencing token of that lease. */
  @Column('integer', { name: 'news_claim', default: 0 })
  newsClaim!: number;

  /** Tries of the first news so far. */
  @Column('integer', { default: 0 })
  attempts!: number;

  /** When the worker has to look at this call; generated, null for never. */
  @Column({ type: 'bigint', name: 'due_at', nullable: true, insert: false, update: false })
  dueAt!: string | null;

  @Column('bigint', { name: 'tm_create' })
  tmCreate!: string;

  @Column('bigint', { name: 'tm_answer', nullable: true })
  tmAnswer!: string | null;

  @Column('bigint', { name: 'tm_hangup', nullable: true })
  tmHangup!: string | null;
}
