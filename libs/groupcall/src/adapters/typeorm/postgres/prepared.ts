import { createHash } from 'node:crypto';

/** A statement that each connection prepares once, and again when the tables have grown or it has become slow. */
export interface Prepared {
  readonly text: string;
  /**
   * To be asked for each use.
   * @param rows about how many it writes or looks for
   */
  name(rows: number): string;
  /** To be told after each use. @param ms how long it has taken */
  took(ms: number): void;
}

/** At 4, 16, 64 … rows the statement is planned anew, up to this power of four. */
const MOST_PLANNINGS = 12;
/** Who takes longer is planned anew, ms: something is being read from end to end, or the disk is slow. */
const SLOW = 250;
/** Not before this, ms, and each time not before twice as long: connections keep every plan they have made. */
const PATIENCE = 5_000;

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
      if (ms < SLOW || now() < patientUntil) return;
      slowPlans += 1;
      patientUntil = now() + patience;
      patience *= 2;
    },
  };
}
