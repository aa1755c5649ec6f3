import { createHash } from 'node:crypto';

/** A statement that each connection prepares once, and again when the tables have grown or it has become slow. */
export interface Prepared {
  readonly text: string;
  /**
   * To be asked for each use.
   * @param rows about how many it writes or looks for
   */
  name(rows: number): string;
  /** To be told after each use, also after one that has failed. @param ms how long it has taken */
  took(ms: number): void;
}

/** At 4, 16, 64 … rows the statement is planned anew, up to this power of four. */
const MOST_PLANNINGS = 12;
/** Uses that take longer are slow, ms: something is being read from end to end, or the disk is slow. */
const SLOW = 250;
/** So many slow uses in a row are no accident. */
const FEW = 3;
/** After so many that are not slow the plan has proved good. */
const MANY = 100;
/** It is not planned anew for being slow before this, ms, then not before twice as long, … */
const PATIENCE = 5_000;
/** … up to this: a slow disk is no reason for another plan. */
const MOST_PATIENCE = 300_000;

/**
 * Parsing and planning a large statement costs as much as executing it. But a plan that was made for empty tables reads
 * them from end to end for ever: therefore the first plans are short-lived, and each following one lives until four times
 * as many rows have gone through it. Rows, not uses: one large commit fills the tables as well as many small ones.
 *
 * Nor are plans as old as they look: PostgreSQL makes them anew whenever it has analysed a table, and that is when a table that
 * is mostly empty was empty.
 * @param what one word, for whoever reads `pg_prepared_statements`
 * @param now ms since any moment
 */
export function prepared(what: string, text: string, now: () => number = () => performance.now()): Prepared {
  // Two sets of tables in one database have two texts.
  const base = `groupcall_${what}_${createHash('sha1').update(text).digest('hex').slice(0, 12)}`;
  let rowsSoFar = 0;
  let planning = 0;
  let slowPlans = 0;
  let [slowInARow, fastInARow] = [0, 0];
  let patience = PATIENCE;
  let patientUntil = 0;
  return {
    text,
    name(rows) {
      rowsSoFar += rows;
      while (planning < MOST_PLANNINGS && rowsSoFar >= 4 ** (planning + 1)) planning += 1;
      return `${base}_${planning + slowPlans}`;
    },
    took(ms) {
      if (ms < SLOW) {
        slowInARow = 0;
        fastInARow += 1;
        if (fastInARow >= MANY) patience = PATIENCE;
        return;
      }
      fastInARow = 0;
      slowInARow += 1;
      if (slowInARow < FEW || now() < patientUntil) return;
      slowInARow = 0;
      slowPlans += 1;
      patientUntil = now() + patience;
      patience = Math.min(2 * patience, MOST_PATIENCE);
    },
  };
}
