import type { OutboxStats } from '../../ports/effect-outbox.port.js';

/** What every dialect counts; the drivers return such numbers as text. */
export interface StatsRow {
  pending: string;
  dead: string;
  /** When the oldest pending one was committed, epoch ms. */
  oldest: string | null;
}

/** @param now epoch ms by the database's clock */
export function statsOf({ pending, dead, oldest }: StatsRow, now: number): OutboxStats {
  return {
    pending: Number(pending),
    dead: Number(dead),
    oldestAge: oldest === null ? 0 : Math.max(0, now - Number(oldest)),
  };
}
