import { Logger } from '@nestjs/common';
import type { Clock } from '../ports/clock.port.js';
import type { EffectOutbox } from '../ports/effect-outbox.port.js';
import type { Timers } from '../ports/timers.port.js';
import type { HeldBundles } from './held-bundles.js';
import type { OpenBundle } from './held-effect.js';
import type { ProcessName } from './process-name.js';
import { Ticker } from './ticker.js';

const NOBODY: ReadonlySet<OpenBundle> = new Set();

/** Whoever has more to do than fits into the hold keeps it: given away, everything would only be done twice. */
export class HoldRenewal {
  private readonly logger = new Logger('Groupcall');
  private readonly ticker: Ticker;
  /** Those that are just being renewed. */
  private renewing: ReadonlySet<OpenBundle> = NOBODY;
  private readonly afterwards: (() => void)[] = [];

  /** @param lease how long a hold lasts, ms */
  constructor(
    private readonly bundles: HeldBundles,
    private readonly outbox: EffectOutbox,
    private readonly clock: Clock,
    private readonly process: ProcessName,
    timers: Timers,
    private readonly lease: number,
  ) {
    this.ticker = new Ticker(timers, lease / 5, () => this.renew());
  }

  start(): void {
    this.ticker.start();
  }

  /** Resolves when the renewal under way is over. */
  stop(): Promise<void> {
    return this.ticker.stop();
  }

  /**
   * Calls at once, or behind the renewal that is just writing the bundle: two statements on the same rows would wait for each
   * other, and the row that a renewal has just written is not the one that was to be deleted.
   */
  whenWritten(bundle: OpenBundle, call: () => void): void {
    if (this.renewing.has(bundle)) this.afterwards.push(call);
    else call();
  }

  private async renew(): Promise<void> {
    const now = this.clock.now();
    const old = this.bundles.endingBetween(now, now + this.lease * 0.7);
    if (old.length === 0) return;
    const until = now + this.lease;
    this.renewing = new Set(old);
    try {
      const renewed = await this.outbox.renew(this.process.name, old, until);
      for (const one of renewed) this.bundles.prolong(one, until);
    } catch (error) {
      this.logger.warn(`Effects cannot be held for longer: ${String(error)}`);
    } finally {
      this.renewing = NOBODY;
      for (const call of this.afterwards.splice(0)) call();
    }
  }
}
