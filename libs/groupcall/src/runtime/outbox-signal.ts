import { Injectable } from '@nestjs/common';
import type { HeldBundle } from '../ports/effect-outbox.port.js';
import type { EffectHold } from '../ports/groupcall-store.port.js';

/** What one commit is asked to do for the effects of this process. */
export interface CommitHold extends EffectHold {
  readonly commitNo: number;
  /** To be called when the commit is over. @param isDurable false: it may or may not be stored */
  settled(isDurable: boolean): void;
}

/** Whoever executes effects in this process. */
export interface EffectTaker {
  /** Whether anybody listens here: an event that is held would be told to nobody otherwise. */
  readonly hasAudience: boolean;
  /** Asks for the effects of the next commit; null: there is no room, or nobody executes anything here. */
  hold(): CommitHold | null;
  /** The effects of a commit that are held here. @param commitNo what {@link hold} has said for it */
  take(bundle: HeldBundle, commitNo: number): void;
}

/**
 * Tells the relay that something was committed, and hands it what is held already. A lost nudge costs one poll
 * interval, a lost bundle waits until its hold has run out; nothing else.
 */
@Injectable()
export class OutboxSignal {
  private listener: (() => void) | null = null;
  private taker: EffectTaker | null = null;

  onNudge(listener: (() => void) | null): void {
    this.listener = listener;
  }

  /** @param taker null: from now on nothing is held here any more */
  onHeld(taker: EffectTaker | null): void {
    this.taker = taker;
  }

  /** This process executes effects, and nobody in it listens to events: none need be kept. Elsewhere somebody may. */
  get isSilent(): boolean {
    return this.taker?.hasAudience === false;
  }

  nudge(): void {
    this.listener?.();
  }

  hold(): CommitHold | null {
    return this.taker?.hold() ?? null;
  }

  hand(bundle: HeldBundle, commitNo: number): void {
    // Who has stopped meanwhile leaves it to whoever comes after the hold.
    this.taker?.take(bundle, commitNo);
  }
}
