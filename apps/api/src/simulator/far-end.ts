import { Clock, GroupcallError, type LegHangupReason } from '@groupcall/groupcall';
import { isUuid } from '@groupcall/shared';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { SimulatedCallState } from './simulated-call.entity.js';
import { SimulatorSignal } from './simulator-signal.js';

/**
 * Plays the far end of a call by hand. Resolves when it is durable; the groupcall is told soon after.
 * Throws GroupcallError: NOT_FOUND (unknown or another customer's call), CONFLICT (the call is not in a state for it).
 */
@Injectable()
export class FarEnd {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly signal: SimulatorSignal,
  ) {}

  /** Says again that the phone rings, which it does from the beginning. */
  async ring(customerId: string, id: string): Promise<void> {
    await this.play(customerId, id, 'ring', ['ringing'], `news = news || 'ringing'::text`);
  }

  async answer(customerId: string, id: string): Promise<void> {
    const change = `state = 'answered', news = news || 'answered'::text, tm_answer = $3, answers_on_cancel = false,
      next_step = 'end', next_reason = 'normal', next_at = $3 + talk_time`;
    await this.play(customerId, id, 'answer', ['ringing'], change);
  }

  /** @param reason missing: `normal` for an answered call, `rejected` for a ringing one */
  async hangUp(customerId: string, id: string, reason?: LegHangupReason): Promise<void> {
    const change = `state = 'ended', news = news || 'ended'::text, tm_hangup = $3,
      next_step = NULL, next_reason = NULL, next_at = NULL,
      reason = COALESCE($5, CASE state WHEN 'answered' THEN 'normal' ELSE 'rejected' END)`;
    await this.play(customerId, id, 'hang up', ['ringing', 'answered'], change, [reason ?? null]);
  }

  private async play(
    customerId: string,
    id: string,
    action: string,
    states: SimulatedCallState[],
    change: string,
    values: unknown[] = [],
  ): Promise<void> {
    if (!isUuid(id)) throw callNotFound(id);
    const [, changed] = await this.dataSource.query<[unknown, number]>(
      `UPDATE simulated_call SET ${change}, news_at = COALESCE(news_at, $3)
        WHERE id = $1 AND customer_id = $2 AND state = ANY($4::text[])`,
      [id, customerId, this.clock.now(), states, ...values],
    );
    if (changed === 0) throw await this.refusal(customerId, id, action);
    this.signal.nudge();
  }

  private async refusal(customerId: string, id: string, action: string): Promise<GroupcallError> {
    const [row]: { state: SimulatedCallState }[] = await this.dataSource.query(
      'SELECT state FROM simulated_call WHERE id = $1 AND customer_id = $2',
      [id, customerId],
    );
    if (!row) return callNotFound(id);
    return new GroupcallError('CONFLICT', `Call ${id} is ${row.state}: its far end cannot ${action} now.`);
  }
}

function callNotFound(id: string): GroupcallError {
  return new GroupcallError('NOT_FOUND', `There is no simulated call ${id}.`);
}
