import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../ports/clock.port.js';
import { EffectOutbox, type BundleReceipt, type HeldBundle } from '../ports/effect-outbox.port.js';
import { Timers } from '../ports/timers.port.js';
import { keyOf } from './held-effect.js';
import { OutboxSignal } from './outbox-signal.js';
import { reasonText } from './reason-text.js';

/** How long a bundle is kept for the process that has committed it, ms. Then anybody may take it apart. */
export const RESERVED = 200;
/** How long after each other it is tried to hold them, ms: about as long as others gather what they have done. */
const PAUSE = 10;

/**
 * Effects of this process's own commits that another process was in front of: mostly by a few milliseconds, since it is
 * done and has not said so yet. Taken apart at once, each would be a row that is inserted, claimed and deleted; so it is
 * tried for a moment to hold them after all, many in one statement.
 */
@Injectable()
export class ReservedBundles {
  private readonly logger = new Logger('Groupcall');
  private bundles: HeldBundle[] = [];
  private isTrying = false;
  private readonly idle: (() => void)[] = [];

  constructor(
    private readonly outbox: EffectOutbox,
    private readonly signal: OutboxSignal,
    private readonly clock: Clock,
    private readonly timers: Timers,
  ) {}

  /** @param bundle `heldUntil` says how long nobody else takes it */
  add(bundle: HeldBundle): void {
    this.bundles.push(bundle);
    if (!this.isTrying) void this.tryOn();
  }

  /** Resolves when each of them is held, or left to whoever comes first. */
  whenIdle(): Promise<void> {
    if (!this.isTrying) return Promise.resolve();
    return new Promise((resolve) => this.idle.push(resolve));
  }

  private async tryOn(): Promise<void> {
    this.isTrying = true;
    while (this.bundles.length > 0) {
      await this.timers.wait(PAUSE);
      const tried = this.bundles;
      const held = await this.hold(tried);
      const now = this.clock.now();
      const isOpen = (bundle: HeldBundle) => bundle.heldUntil > now;
      // Others may have come meanwhile, behind these.
      const left = this.bundles.filter((bundle) => !held.has(keyOf(bundle)));
      this.bundles = left.filter(isOpen);
      if (this.bundles.length < left.length) this.signal.nudge();
    }
    this.isTrying = false;
    for (const resolve of this.idle.splice(0)) resolve();
  }

  /** @returns which are this process's now; they are on their way */
  private async hold(bundles: readonly HeldBundle[]): Promise<ReadonlySet<string>> {
    const hold = this.signal.hold();
    if (!hold) return NONE;
    let receipts: readonly BundleReceipt[];
    try {
      receipts = await this.outbox.hold(hold, bundles);
    } catch (error) {
      this.logger.warn(`${bundles.length} turns' effects cannot be held: ${reasonText(error)}`);
      return NONE;
    }
    const held = new Set(receipts.map(keyOf));
    for (const bundle of bundles) {
      if (held.has(keyOf(bundle))) this.signal.hand({ ...bundle, heldUntil: hold.until }, hold.commitNo);
    }
    return held;
  }
}

const NONE: ReadonlySet<string> = new Set();
