import type { LegHangupReason } from '@groupcall/groupcall';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { CallNews } from './simulated-call.entity.js';

/** A due call after its step. With `mine` the news are this process's to tell until the lease is over. */
export interface DueCall {
  readonly id: string;
  readonly customerId: string;
  readonly reason: LegHangupReason | null;
  readonly news: CallNews[];
  readonly mine: boolean;
  readonly claim: number;
  /** Tries of the first news before this one. */
  readonly attempts: number;
}

/** How far the news of a claimed call were told. */
export interface NewsReceipt {
  readonly id: string;
  readonly claim: number;
  readonly told: number;
  /** When to try the rest again after a failure; null = no failure. */
  readonly retryAt: number | null;
}

/** What happens to simulated calls by themselves. Several processes may share the work. */
@Injectable()
export class CallSchedule {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Takes up to `limit` due calls one step further and claims their news for `lease` ms, in one durable statement.
   * A step happens at its appointed time, however late it is taken. A call may have another step due at once.
   */
  async advance(now: number, lease: number, limit: number): Promise<DueCall[]> {
    const [rows] = await this.dataSource.query<[DueCall[], number]>(ADVANCE, [now, now + lease, limit]);
    return rows;
  }

  /** Forgets what was told. Receipts of an outdated claim are ignored. */
  async acknowledge(receipts: readonly NewsReceipt[], now: number): Promise<void> {
    await this.dataSource.query(ACKNOWLEDGE, [JSON.stringify(receipts), now]);
  }

  /** The earliest moment at which anything is due, or null. */
  async nextDueAt(): Promise<number | null> {
    const [row]: { due: string | null }[] = await this.dataSource.query(
      'SELECT min(due_at) AS due FROM simulated_call WHERE due_at IS NOT NULL',
    );
    return row?.due == null ? null : Number(row.due);
  }

  /** Removes up to `limit` calls and tombstones that were over before `before`. @returns how many */
  async purge(before: number, limit: number): Promise<number> {
    const [, removed] = await this.dataSource.query<[unknown, number]>(PURGE, [before, limit]);
    return removed;
  }
}

const ADVANCE = `
  WITH due AS (
    SELECT id,
           COALESCE(next_at <= $1, false) AND next_step = 'answer' AS answers,
           COALESCE(next_at <= $1, false) AND next_step = 'end' AS ends,
           news_at IS NULL OR news_at <= $1 AS mine
      FROM simulated_call
     WHERE due_at <= $1
     ORDER BY due_at
     LIMIT $3
       FOR UPDATE SKIP LOCKED
  )
  UPDATE simulated_call c SET
    state = CASE WHEN answers THEN 'answered' WHEN ends THEN 'ended' ELSE state END,
    reason = CASE WHEN ends THEN next_reason ELSE reason END,
    tm_answer = CASE WHEN answers THEN next_at ELSE tm_answer END,
    tm_hangup = CASE WHEN ends THEN next_at ELSE tm_hangup END,
    next_step = CASE WHEN answers THEN 'end' WHEN ends THEN NULL ELSE next_step END,
    next_reason = CASE WHEN answers THEN 'normal' WHEN ends THEN NULL ELSE next_reason END,
    next_at = CASE WHEN answers THEN next_at + talk_time WHEN ends THEN NULL ELSE next_at END,
    news = news || CASE WHEN answers THEN ARRAY['answered'] WHEN ends THEN ARRAY['ended'] ELSE '{}' END,
    news_at = CASE WHEN mine THEN $2 ELSE news_at END,
    news_claim = news_claim + CASE WHEN mine THEN 1 ELSE 0 END
  FROM due WHERE c.id = due.id
  RETURNING c.id, customer_id AS "customerId", reason, news, mine, news_claim AS claim, attempts`;

const ACKNOWLEDGE = `
  WITH told AS MATERIALIZED (
    SELECT * FROM json_to_recordset($1::json) AS r(id uuid, claim integer, told integer, "retryAt" bigint)
  ), locked AS MATERIALIZED (
    SELECT c.id, r.told, r."retryAt" AS retry_at
      FROM simulated_call c JOIN told r ON r.id = c.id AND r.claim = c.news_claim
     ORDER BY c.id FOR UPDATE OF c
  )
  UPDATE simulated_call c SET
    news = news[told + 1:],
    news_at = CASE WHEN cardinality(news) > told THEN COALESCE(retry_at, $2::bigint) END,
    attempts = CASE WHEN retry_at IS NULL THEN 0 WHEN told > 0 THEN 1 ELSE attempts + 1 END
  FROM locked l WHERE c.id = l.id`;

const PURGE = `
  DELETE FROM simulated_call WHERE id IN (
    SELECT id FROM simulated_call
     WHERE state IN ('ended', 'tombstone') AND tm_hangup < $1 AND news_at IS NULL
     ORDER BY tm_hangup LIMIT $2 FOR UPDATE SKIP LOCKED)`;
