import type { Effect } from '../domain/effect.js';

/** Every lane that the effects are in, once. */
export function lanesIn(effects: readonly Effect[]): string[] {
  return [...new Set(effects.map(({ lane }) => lane))];
}
