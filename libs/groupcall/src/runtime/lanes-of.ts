import type { EffectKind } from '../domain/effect.js';
import type { ClaimedEffect } from '../ports/effect-outbox.port.js';

/** Effects that are executed one after the other. */
export interface Lane {
  /** Whose room it takes: a dial that only waits to be given up before its hangup is a matter of the hangup. */
  readonly kind: EffectKind;
  readonly effects: readonly ClaimedEffect[];
}

/** What was claimed, by lanes, each in its order. */
export function lanesOf(claimed: readonly ClaimedEffect[]): Lane[] {
  const lanes = new Map<string, ClaimedEffect[]>();
  for (const one of claimed) {
    const lane = lanes.get(one.effect.lane);
    if (lane) lane.push(one);
    else lanes.set(one.effect.lane, [one]);
  }
  return [...lanes.values()].map((effects) => ({ kind: kindOf(effects), effects }));
}

function kindOf(effects: readonly ClaimedEffect[]): EffectKind {
  return effects.some(({ effect }) => effect.kind === 'hangup') ? 'hangup' : effects[0].effect.kind;
}
