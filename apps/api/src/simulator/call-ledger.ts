import type { GatewayCall, GatewayCallState, LegHangupReason, OutgoingCall } from '@groupcall/groupcall';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { CallPlan } from './plan-call.js';
import type { SimulatedCallState } from './simulated-call.entity.js';

export interface NewCall {
  readonly call: OutgoingCall;
  readonly fingerprint: string;
  readonly plan: CallPlan;
  readonly now: number;
}

/** `exists`: this very call; `different`: another one under the same id; `tombstone`: hung up before it was placed. */
export type Placement = 'placed' | 'exists' | 'different' | 'tombstone';

export interface HangupRequest {
  readonly id: string;
  readonly reason: LegHangupReason;
  readonly now: number;
}

/** A call hung up while it is being placed is found in the next round; more rounds than this are a defect. */
const MOST_ROUNDS = 5;

/** What the gateway is asked to do to calls, each for many calls in one statement. Rows are locked in order of id. */
@Injectable()
export class CallLedger {
  constructor(private readonly dataSource: DataSource) {}

  /** Different ids only. */
  async place(calls: readonly NewCall[]): Promise<Placement[]> {
    const placed: { id: string }[] = await this.dataSource.query(PLACE, [JSON.stringify(calls.map(toRow))]);
    const placements = new Map<string, Placement>(placed.map(({ id }) => [id, 'placed']));
    const known = calls.filter(({ call }) => !placements.has(call.id));
    if (known.length > 0) {
      const rows: { id: string; state: SimulatedCallState; fingerprint: string | null }[] =
        await this.dataSource.query(
          'SELECT id, state, fingerprint FROM simulated_call WHERE id = ANY($1::uuid[])',
          [known.map(({ call }) => call.id)],
        );
      const fingerprints = new Map(known.map(({ call, fingerprint }) => [call.id, fingerprint]));
      for (const { id, state, fingerprint } of rows) {
        if (state === 'tombstone') placements.set(id, 'tombstone');
        else placements.set(id, fingerprint === fingerprints.get(id) ? 'exists' : 'different');
      }
    }
    return calls.map(({ call }) => required(placements.get(call.id), call.id));
  }

  /** Different ids only. The states in which the calls were found. */
  async hangUp(requests: readonly HangupRequest[]): Promise<GatewayCallState[]> {
    const found = new Map<string, GatewayCallState>();
    let open = requests;
    for (let round = 0; open.length > 0 && round < MOST_ROUNDS; round += 1) {
      const rows: { id: string; state: SimulatedCallState | null; buried: boolean }[] =
        await this.dataSource.query(HANG_UP, [JSON.stringify(open)]);
      for (const { id, state, buried } of rows) {
        if (state !== null) found.set(id, stateOf(state));
        else if (buried) found.set(id, 'unknown');
      }
      open = open.filter(({ id }) => !found.has(id));
    }
    return requests.map(({ id }) => required(found.get(id), id));
  }

  async find(id: string): Promise<GatewayCall> {
    const [row]: { state: SimulatedCallState; reason: LegHangupReason | null }[] =
      await this.dataSource.query('SELECT state, reason FROM simulated_call WHERE id = $1', [id]);
    if (!row || row.state === 'tombstone') return { id, state: 'unknown' };
    return row.reason === null ? { id, state: row.state } : { id, state: row.state, reason: row.reason };
  }

  async listLive(after: string, limit: number): Promise<GatewayCall[]> {
    return this.dataSource.query(
      `SELECT id, state FROM simulated_call
        WHERE state IN ('ringing', 'answered') AND id > $1 ORDER BY id LIMIT $2`,
      [after, limit],
    );
  }
}

function stateOf(state: SimulatedCallState): GatewayCallState {
  return state === 'tombstone' ? 'unknown' : state;
}

function required<T>(value: T | undefined, id: string): T {
  if (value === undefined)
    throw new Error(`Simulated call ${id} changed too often; the outcome is not known.`);
  return value;
}

function toRow({ call, fingerprint, plan, now }: NewCall) {
  return {
    id: call.id,
    customer_id: call.customerId,
    groupcall_id: call.groupcallId,
    root_id: call.rootId,
    target: call.to.target,
    fingerprint,
    rings: plan.rings,
    next_step: plan.nextStep,
    next_reason: plan.nextReason,
    next_at: plan.nextAt,
    talk_time: plan.talkTime,
    answers_on_cancel: plan.answersOnCancel,
    now,
  };
}

const PLACE = `
  INSERT INTO simulated_call (id, customer_id, groupcall_id, root_id, target, fingerprint, state, next_step, next_reason,
    next_at, talk_time, answers_on_cancel, news, news_at, tm_create)
  SELECT id, customer_id, groupcall_id, root_id, target, fingerprint, 'ringing', next_step, next_reason,
    next_at, talk_time, answers_on_cancel,
    CASE WHEN rings THEN ARRAY['ringing'] ELSE '{}' END, CASE WHEN rings THEN now END, now
  FROM json_to_recordset($1::json) AS new(id uuid, customer_id uuid, groupcall_id uuid, root_id uuid, target text,
    fingerprint text, rings boolean, next_step text, next_reason text, next_at bigint, talk_time bigint,
    answers_on_cancel boolean, now bigint)
  ORDER BY id
  ON CONFLICT (id) DO NOTHING
  RETURNING id`;

// An `answers_on_cancel` call takes the first hangup for an answer: CANCEL crosses 200 (RFC 3261, 9.1).
const HANG_UP = `
  WITH asked AS MATERIALIZED (
    SELECT * FROM json_to_recordset($1::json) AS a(id uuid, reason text, now bigint)
  ), found AS MATERIALIZED (
    SELECT c.id, c.state, c.state = 'ringing' AND c.answers_on_cancel AS answers
      FROM simulated_call c JOIN asked a ON a.id = c.id ORDER BY c.id FOR UPDATE OF c
  ), changed AS (
    UPDATE simulated_call c SET
      state = CASE WHEN f.answers THEN 'answered' ELSE 'ended' END,
      reason = CASE WHEN f.answers THEN NULL ELSE a.reason END,
      next_step = CASE WHEN f.answers THEN 'end' END,
      next_reason = CASE WHEN f.answers THEN 'normal' END,
      next_at = CASE WHEN f.answers THEN a.now + c.talk_time END,
      answers_on_cancel = false,
      news = c.news || CASE WHEN f.answers THEN 'answered' ELSE 'ended' END,
      news_at = COALESCE(c.news_at, a.now),
      tm_answer = CASE WHEN f.answers THEN a.now ELSE c.tm_answer END,
      tm_hangup = CASE WHEN f.answers THEN NULL ELSE a.now END
    FROM found f JOIN asked a ON a.id = f.id
    WHERE c.id = f.id AND f.state IN ('ringing', 'answered')
  ), buried AS (
    INSERT INTO simulated_call (id, state, tm_create, tm_hangup)
    SELECT a.id, 'tombstone', a.now, a.now FROM asked a
     WHERE NOT EXISTS (SELECT 1 FROM found f WHERE f.id = a.id) ORDER BY a.id
    ON CONFLICT (id) DO NOTHING
    RETURNING id
  )
  SELECT a.id, f.state, b.id IS NOT NULL AS buried
    FROM asked a LEFT JOIN found f ON f.id = a.id LEFT JOIN buried b ON b.id = a.id`;
