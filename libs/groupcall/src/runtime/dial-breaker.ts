/** The gateway has failed too often in a row: dials wait a moment instead of joining the queue (RELIABILITY 3.1). */
export class DialsHeldBack extends Error {
  override readonly name = 'DialsHeldBack';

  constructor(
    message: string,
    /** When there is room again, ms, if that is known. */
    readonly retryAfter?: number,
  ) {
    super(message);
  }
}

/** Failures in a row that open the breaker. */
const TOLERATED = 10;
/** How long nothing is dialled then, ms. After it one dial tries whether the gateway is back. */
const PAUSE = 2_000;

/**
 * Circuit breaker for dials only: a gateway that does not answer would otherwise be asked by every new leg, each
 * waiting for its time-out. Hangups always go through.
 */
export class DialBreaker {
  private failures = 0;
  private closedUntil = 0;

  /** @throws DialsHeldBack while the breaker is open; the dial is tried again later, until its leg's deadline */
  enter(now: number): void {
    if (this.failures < TOLERATED) return;
    if (now < this.closedUntil)
      throw new DialsHeldBack(`the gateway has failed ${this.failures} times in a row`);
    // This one is the probe; whoever comes while it is under way waits.
    this.closedUntil = now + PAUSE;
  }

  succeeded(): void {
    this.failures = 0;
  }

  failed(now: number): void {
    this.failures += 1;
    if (this.failures >= TOLERATED) this.closedUntil = now + PAUSE;
  }

  get open(): boolean {
    return this.failures >= TOLERATED;
  }
}
