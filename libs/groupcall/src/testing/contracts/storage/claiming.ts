import type { EffectKind } from '../../../domain/effect.js';
import type { ClaimedEffect } from '../../../ports/effect-outbox.port.js';
import type { StorageProcess } from './storage-environment.js';
import type { StorageStage } from './storage-stage.js';

/** ms. */
export const LEASE = 5_000;

/** What a process claims `ms` after the stage's moment. */
export function claimAt(
  stage: StorageStage,
  ms: number,
  process: StorageProcess = stage.mine,
  limit = 1_000,
  kinds?: readonly EffectKind[],
): Promise<ClaimedEffect[]> {
  return process.outbox.claim({
    owner: process === stage.mine ? 'mine' : 'other',
    now: stage.now + ms,
    leaseMs: LEASE,
    limit,
    kinds,
  });
}

export function kindsOf(claimed: readonly ClaimedEffect[]): string[] {
  return claimed.map(({ effect }) => effect.kind);
}

/** The kinds of each lane, in the order in which they were claimed; lanes that are torn apart count twice. */
export function lanesOf(claimed: readonly ClaimedEffect[]): string[][] {
  const lanes: { lane: string; kinds: string[] }[] = [];
  for (const { effect } of claimed) {
    const last = lanes.at(-1);
    if (last?.lane === effect.lane) last.kinds.push(effect.kind);
    else lanes.push({ lane: effect.lane, kinds: [effect.kind] });
  }
  return lanes.map(({ kinds }) => kinds);
}
