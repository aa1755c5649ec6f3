/** How fast a customer's calls may follow each other; 0 = no limit. */
export interface DialLimits {
  /** Calls of one customer within any second; more wait for their turn. */
  readonly legsPerSecond: number;
  /** Calls of one customer to one `tel` number within any minute; more are refused. */
  readonly legsPerNumberPerMinute: number;
}

/** One call about to be placed. */
export interface DialAttempt {
  readonly customerId: string;
  readonly legId: string;
  /** Where it goes, in stored form; null = it counts for the customer only. */
  readonly number: string | null;
}

/** A window in which no more than so many may be dialled. */
export interface DialWindow {
  /** ms */
  readonly length: number;
  readonly most: number;
}

/**
 * What was dialled a moment ago, by all processes together. Counting is exact: two processes that ask at once are
 * answered one after the other. A leg that asks again is the same call and counts once.
 */
export abstract class DialLedger {
  /**
   * Takes one of the `most` calls that `window` allows to `attempt.number` (null: to the customer).
   * @returns ms until there is room again, 0 = taken
   */
  abstract take(attempt: DialAttempt, window: DialWindow, now: number): Promise<number>;

  /** Forgets what was last dialled before `before` (epoch ms), at most `limit` entries. @returns how many */
  abstract forget(before: number, limit: number): Promise<number>;
}
