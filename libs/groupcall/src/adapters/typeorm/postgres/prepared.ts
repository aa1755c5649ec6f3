import { createHash } from 'node:crypto';

/** A statement that each connection prepares once, and again when the tables have grown. */
export interface Prepared {
  readonly text: string;
  /**
   * To be asked for each use.
   * @param rows about how many it writes or looks for
   */
  name(rows: number): string;
}

/** At 4, 16, 64 … rows the statement is planned anew, up to this power of four. */
const MOST_PLANNINGS = 12;

/**
 * Parsing and planning a large statement costs as much as executing it. But a plan that was made for empty tables reads
 * them from end to end for ever: therefore the first plans are short-lived, and each following one lives until four times
 * as many rows have gone through it. Rows, not uses: one large commit fills the tables as well as many small ones.
 * @param what one word, for whoever reads `pg_prepared_statements`
 */
export function prepared(what: string, text: string): Prepared {
  // Two sets of tables in one database have two texts.
  const base = `groupcall_${what}_${createHash('sha1').update(text).digest('hex').slice(0, 12)}`;
  let rowsSoFar = 0;
  let planning = 0;
  return {
    text,
    name(rows) {
      rowsSoFar += rows;
      while (planning < MOST_PLANNINGS && rowsSoFar >= 4 ** (planning + 1)) planning += 1;
      return `${base}_${planning}`;
    },
  };
}
