import { Injectable, Logger } from '@nestjs/common';
import { EffectOutbox, type BundleReceipt, type GivenBack } from '../ports/effect-outbox.port.js';
import { Timers } from '../ports/timers.port.js';
import { ProcessName } from './process-name.js';

/**
 * How long bundles that are done are gathered, ms. Not longer: a turn of another process that comes before its lanes are
 * free goes through the outbox, effect by effect.
 */
const GATHER = 10;

interface Done extends BundleReceipt {
  readonly over: () => void;
}

interface GivingBack {
  readonly effects: readonly GivenBack[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * What becomes of bundles, in few statements: those that are done are forgotten, and what was not done is given back.
 * One that is lost means that its effects run again.
 */
@Injectable()
export class BundleReceipts {
  private readonly logger = new Logger('Groupcall');
  private done: Done[] = [];
  private returning: GivingBack[] = [];
  private releasing: Promise<void> | null = null;
  private givingBack = false;
  private timerIsSet = false;

  constructor(
    private readonly outbox: EffectOutbox,
    private readonly process: ProcessName,
    private readonly timers: Timers,
  ) {}

  /** @param over called when the database has been told, or could not be */
  add({ rootId, version }: BundleReceipt, over: () => void): void {
    this.done.push({ rootId, version, over });
    if (this.timerIsSet) return;
    this.timerIsSet = true;
    this.timers.after(GATHER, () => {
      this.timerIsSet = false;
      void this.flush();
    });
  }

  /** Resolves when they are in the outbox. What comes while others are being written goes together. */
  giveBack(effects: readonly GivenBack[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.returning.push({ effects, resolve, reject });
      if (!this.givingBack) void this.writeReturning();
    });
  }

  /** Resolves when everything that is done by now is forgotten, or was tried to be. */
  async flush(): Promise<void> {
    while (this.releasing) await this.releasing;
    if (this.done.length === 0) return;
    this.releasing = this.release(this.done.splice(0));
    await this.releasing;
  }

  private async release(bundles: Done[]): Promise<void> {
    try {
      await this.outbox.release(
        this.process.name,
        bundles.map(({ rootId, version }) => ({ rootId, version })),
      );
    } catch (error) {
      const what = `The effects of ${bundles.length} turns could not be acknowledged and will run again`;
      this.logger.warn(`${what}: ${String(error)}`);
    } finally {
      this.releasing = null;
      for (const { over } of bundles) over();
    }
  }

  private async writeReturning(): Promise<void> {
    this.givingBack = true;
    await Promise.resolve();
    while (this.returning.length > 0) {
      const group = this.returning.splice(0);
      const effects = group.flatMap((one) => one.effects);
      try {
        await this.outbox.giveBack(this.process.name, effects);
        for (const { resolve } of group) resolve();
      } catch (error) {
        this.logger.warn(
          `${effects.length} effects cannot be given back, their hold runs out: ${String(error)}`,
        );
        for (const { reject } of group) reject(error);
      }
    }
    this.givingBack = false;
  }
}
