import type { Effect, EffectKind } from '../domain/effect.js';

/** What goes first: what rings too long costs a human, what waits for its dial only a moment. Stored: never change them. */
export const EFFECT_PRIORITY: Readonly<Record<EffectKind, number>> = {
  hangup: 0,
  dial: 1,
  resolve: 2,
  publish: 3,
};

/** Lanes with a hangup in them: all that is in front of it is as urgent as the hangup itself. */
export function urgentLanesOf(effects: readonly Pick<Effect, 'kind' | 'lane'>[]): Set<string> {
  return new Set(effects.flatMap(({ kind, lane }) => (kind === 'hangup' ? [lane] : [])));
}

/** Lanes that may not be put off, since a hangup waits in them behind something else; effects in their order. */
export function hurriedLanes(effects: readonly Effect[]): Set<string> {
  const heads = new Map<string, EffectKind>();
  for (const { lane, kind } of effects) if (!heads.has(lane)) heads.set(lane, kind);
  return new Set([...urgentLanesOf(effects)].filter((lane) => heads.get(lane) !== 'hangup'));
}

/** The stored priorities of the kinds that a claim has room for. */
export function prioritiesOf(kinds: readonly EffectKind[] | undefined): number[] {
  return (kinds ?? (Object.keys(EFFECT_PRIORITY) as EffectKind[])).map((kind) => EFFECT_PRIORITY[kind]);
}
