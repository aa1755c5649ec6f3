import { liveLegsOf, nextAlarmOf, type GroupcallState, type LegState } from '../../domain/tree-state.js';
import type { TreeTurn } from '../../ports/groupcall-store.port.js';

/** A groupcall or leg of a tree as a turn leaves it. */
export interface Written<T> {
  readonly rootId: string;
  readonly now: T;
  /** As the turn has found it; undefined: it is new. */
  readonly old: T | undefined;
  /** Its place among those of its kind in the tree. */
  readonly ordinal: number;
}

export type ColumnType = 'uuid' | 'text' | 'int' | 'bigint' | 'boolean' | 'json';

/** Which value of something goes into which column. */
export type Columns<T> = Readonly<Record<string, readonly [type: ColumnType, valueOf: (of: T) => unknown]>>;

const rootOf = ({ after }: TreeTurn) => after.groupcalls.get(after.rootId)!;

/** Of the hot row. `version` is the one the turn was decided on, 0 = new; `delta` is how many legs live more. */
export const TREE: Columns<TreeTurn> = {
  root_id: ['uuid', ({ after }) => after.rootId],
  customer_id: ['uuid', ({ after }) => after.customerId],
  master_call_id: ['uuid', (turn) => rootOf(turn).masterCallId],
  member_base: ['uuid', ({ after }) => (after.base === after.rootId ? null : after.base)],
  version: ['int', ({ before }) => before.version],
  event_sequence: ['int', ({ after }) => after.eventSequence],
  winner_leg_id: ['uuid', ({ after }) => after.winnerLegId],
  late_answers: ['int', ({ after }) => after.lateAnswers],
  next_alarm_at: ['bigint', ({ after }) => nextAlarmOf(after)],
  live: ['boolean', (turn) => rootOf(turn).status !== 'hangup'],
  deleted: ['boolean', (turn) => rootOf(turn).tmDelete !== null],
  idempotency_key: ['text', ({ idempotency }) => idempotency?.key ?? null],
  request_fingerprint: ['text', ({ idempotency }) => idempotency?.fingerprint ?? null],
  tm_create: ['bigint', (turn) => rootOf(turn).tmCreate],
  delta: ['int', ({ before, after }) => liveLegsOf(after) - liveLegsOf(before)],
};

type Groupcall = Written<GroupcallState>;

/** Of a groupcall that was there before. Large and seldom changed columns are null: as they were. */
export const CHANGED_GROUPCALL: Columns<Groupcall> = {
  id: ['uuid', ({ now }) => now.id],
  root_id: ['uuid', ({ rootId }) => rootId],
  destinations: [
    'json',
    ({ now, old }) => (now.destinations === old?.destinations ? null : now.destinations),
  ],
  slots: ['json', ({ now, old }) => (now.slots === old?.slots ? null : now.slots)],
  owner_type: ['text', ({ now }) => now.ownerType],
  owner_id: ['uuid', ({ now }) => now.ownerId],
  status: ['text', ({ now }) => now.status],
  ring_method: ['text', ({ now }) => now.ringMethod],
  answer_call_id: ['uuid', ({ now }) => now.answerCallId],
  answer_groupcall_id: ['uuid', ({ now }) => now.answerGroupcallId],
  call_count: ['int', ({ now }) => now.callCount],
  groupcall_count: ['int', ({ now }) => now.groupcallCount],
  dial_index: ['int', ({ now }) => now.dialIndex],
  hangup_reason: ['text', ({ now }) => now.hangupReason],
  origin: ['text', ({ now }) => now.origin],
  tm_update: ['bigint', ({ now }) => now.tmUpdate],
  tm_delete: ['bigint', ({ now }) => now.tmDelete],
};

export const NEW_GROUPCALL: Columns<Groupcall> = {
  ...CHANGED_GROUPCALL,
  ordinal: ['int', ({ ordinal }) => ordinal],
  customer_id: ['uuid', ({ now }) => now.customerId],
  flow_id: ['uuid', ({ now }) => now.flowId],
  source: ['json', ({ now }) => now.source],
  master_call_id: ['uuid', ({ now }) => now.masterCallId],
  master_groupcall_id: ['uuid', ({ now }) => now.masterGroupcallId],
  destination_index: ['int', ({ now }) => now.destinationIndex],
  answer_method: ['text', ({ now }) => now.answerMethod],
  dial_timeout: ['int', ({ now }) => now.dialTimeout],
  tm_create: ['bigint', ({ now }) => now.tmCreate],
};

type Leg = Written<LegState>;

export const CHANGED_LEG: Columns<Leg> = {
  id: ['uuid', ({ now }) => now.id],
  root_id: ['uuid', ({ rootId }) => rootId],
  status: ['text', ({ now }) => now.status],
  hangup_reason: ['text', ({ now }) => now.hangupReason],
  hangup_by: ['text', ({ now }) => now.hangupBy],
  tm_dial: ['bigint', ({ now }) => now.tmDial],
  tm_ringing: ['bigint', ({ now }) => now.tmRinging],
  tm_answer: ['bigint', ({ now }) => now.tmAnswer],
  tm_hangup: ['bigint', ({ now }) => now.tmHangup],
  dial_deadline: ['bigint', ({ now }) => now.dialDeadline],
};

export const NEW_LEG: Columns<Leg> = {
  ...CHANGED_LEG,
  ordinal: ['int', ({ ordinal }) => ordinal],
  groupcall_id: ['uuid', ({ now }) => now.groupcallId],
  customer_id: ['uuid', ({ now }) => now.customerId],
  source: ['json', ({ now }) => now.source],
  destination: ['json', ({ now }) => now.destination],
  destination_index: ['int', ({ now }) => now.destinationIndex],
  tm_create: ['bigint', ({ now }) => now.tmCreate],
};

/** One row, by the names of its columns. */
export function rowOf<T>(columns: Columns<T>, of: T): Record<string, unknown> {
  return Object.fromEntries(Object.entries(columns).map(([name, [, valueOf]]) => [name, valueOf(of)]));
}
