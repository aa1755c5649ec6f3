import { DialLedger, type DialAttempt, type DialWindow } from '../../ports/dial-ledger.port.js';
import { takeDial } from '../recent-dials.js';
import type { InMemoryDatabase } from './in-memory-database.js';

/** What was dialled a moment ago, without a server. */
export class InMemoryDialLedger extends DialLedger {
  constructor(private readonly database: InMemoryDatabase) {
    super();
  }

  override async take(
    { customerId, legId, number }: DialAttempt,
    window: DialWindow,
    now: number,
  ): Promise<number> {
    const key = `${customerId} ${number ?? ''}`;
    const answer = takeDial(this.database.dials.get(key)?.recent ?? [], legId, window, now);
    if ('wait' in answer) return answer.wait;
    this.database.dials.set(key, { recent: answer.taken, at: now });
    return 0;
  }

  override async forget(before: number, limit: number): Promise<number> {
    const old = [...this.database.dials].filter(([, { at }]) => at < before).slice(0, limit);
    for (const [key] of old) this.database.dials.delete(key);
    return old.length;
  }
}
