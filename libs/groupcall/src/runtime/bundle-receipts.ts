import { Injectable, Logger } from '@nestjs/common';
import { EffectOutbox, type BundleReceipt, type GivenBack } from '../ports/effect-outbox.port.js';
import { Timers } from '../ports/timers.port.js';
import { ProcessName } from './process-name.js';

/**
 * How long bundles that are done wait for a commit that takes them along, ms. Not longer: a turn of another process that
 * comes before its lanes are free goes through the outbox, effect by effect.
 */
const GATHER = 20;

/** How many a commit takes along: it is not made for them. */
const MOST_ALONG = 1_000;
/** After so long a commit that has taken some along is not waited for, ms. */
const LATE = 100;

type Bundles = readonly DoneBundle[];

/** A bundle that is done. */
export interface DoneBundle extends BundleReceipt {
  /** Until then nobody else touches it, epoch ms. */
  readonly heldUntil: number;
}

/** A bundle of which the database has to be told. */
interface Done {
  readonly bundle: DoneBundle;
  readonly over: () => void;
  /**
   * Whether a commit may take it along. Once only: two commits that forget the same bundles, in two orders, would wait for each
   * other, with all their trees.
   */
  readonly mayRide: boolean;
}

/** What a commit forgets besides what it is for. */
export interface TakenAlong {
  readonly bundles: Bundles;
  /** @param isDurable false: the commit may or may not be stored */
  settled(isDurable: boolean): void;
}

const NOTHING: TakenAlong = { bundles: [], settled: () => undefined };

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
  add(bundle: DoneBundle, over: () => void): void {
    this.done.push({ bundle, over, mayRide: true });
    this.soon();
  }

  /**
   * For a commit that takes them along.
   * @param until epoch ms: not those whose hold is over by then, since somebody else may be about to take them
   */
  takeAlong(until: number): TakenAlong {
    const all = this.done;
    const taken: Done[] = [];
    this.done = [];
    for (const one of all) {
      const rides = one.mayRide && one.bundle.heldUntil > until && taken.length < MOST_ALONG;
      (rides ? taken : this.done).push(one);
    }
    if (taken.length === 0) return NOTHING;
    const bundles = taken.map(({ bundle }) => bundle);
    let isSettled = false;
    // A commit that waits for something must not keep the lanes of other trees. If it is just forgetting them they are left to it.
    const late = () => {
      if (isSettled) return;
      this.forget(bundles).catch((error: unknown) => {
        this.logger.warn(`The effects of ${bundles.length} turns wait for a slow commit: ${String(error)}`);
        this.timers.after(LATE, late);
      });
    };
    const callOff = this.timers.after(LATE, late);
    return {
      bundles,
      settled: (isDurable) => {
        isSettled = true;
        callOff();
        if (isDurable) for (const { over } of taken) over();
        else this.again(taken);
      },
    };
  }

  private again(taken: readonly Done[]): void {
    for (const { bundle, over } of taken) this.done.push({ bundle, over, mayRide: false });
    this.soon();
  }

  private soon(): void {
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
      await this.forget(bundles.map(({ bundle }) => bundle));
    } catch (error) {
      const what = `The effects of ${bundles.length} turns could not be acknowledged and will run again`;
      this.logger.warn(`${what}: ${String(error)}`);
    } finally {
      this.releasing = null;
      for (const { over } of bundles) over();
    }
  }

  private forget(bundles: Bundles): Promise<void> {
    const named = bundles.map(({ rootId, version }) => ({ rootId, version }));
    return this.outbox.release(this.process.name, named);
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
