import type { Effect } from '../domain/effect.js';
import type { LegState } from '../domain/tree-state.js';
import type { ClaimedEffect, GivenBack, HeldBundle } from '../ports/effect-outbox.port.js';

/** A bundle with something left to do. */
export interface OpenBundle extends Omit<HeldBundle, 'heldUntil'> {
  left: number;
  heldUntil: number;
}

/** One effect of a bundle that this process holds. Most of it is never asked for, so nothing is made beforehand. */
export class HeldEffect implements ClaimedEffect {
  readonly attempts = 0;
  readonly claimNo = 1;

  constructor(
    readonly bundle: OpenBundle,
    readonly ordinal: number,
    readonly effect: Effect,
  ) {}

  get id(): string {
    const { bundle, ordinal } = this;
    return `${bundle.rootId}/${bundle.version}/${ordinal}`;
  }

  get rootId(): string {
    return this.bundle.rootId;
  }

  get customerId(): string {
    return this.bundle.customerId;
  }

  get claimUntil(): number {
    return this.bundle.heldUntil;
  }

  get createdAt(): number {
    return this.bundle.createdAt;
  }

  get leg(): LegState | null {
    return 'legId' in this.effect ? (this.bundle.legs.get(this.effect.legId) ?? null) : null;
  }
}

/** @param at due again then, epoch ms */
export function toGivenBack(
  { bundle, ordinal, effect }: HeldEffect,
  at: number,
  error: string | null,
): GivenBack {
  const { rootId, customerId, version, createdAt } = bundle;
  return { rootId, customerId, version, ordinal, effect, createdAt, at, error };
}
