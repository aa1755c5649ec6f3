/**
 * Time, as the database sees it. All moments are epoch ms. The only source of time in this library: a decision gets
 * its `now` from here, so tests can turn the hands (SPEC 4.5: the database's clock is the judge).
 */
export abstract class Clock {
  /** The best estimate without asking anybody; never goes backwards. */
  abstract now(): number;

  /** The judge's own time. Asks the database; used before a deadline is said to have passed. */
  abstract read(): Promise<number>;
}
