import { lastOf, placedAt, rootOf, type Indexed } from './index-records.js';
import type { Finding, GroupcallRecord, TreeVersion } from './records.js';

/** A claim that was under way while the decision was being committed; longer than any commit takes, ms. */
const IN_FLIGHT = 1_000;

/** I4: one call per id, and it is the one that was committed. */
export function onePerId({ calls, treeOfLeg }: Indexed): Finding {
  const violations: string[] = [];
  for (const { id, creates } of calls.values()) {
    const placed = creates.filter((one) => one.outcome === 'placed');
    if (placed.length > 1) violations.push(`call ${id} was placed ${placed.length} times`);
    if (creates.some((one) => one.outcome === 'conflict'))
      violations.push(`call ${id} was ordered with two contents`);
    const versions = treeOfLeg.get(id);
    if (placed.length === 0 || !versions) continue;
    const leg = lastOf(versions).legs.find((one) => one.id === id)!;
    const { order } = placed[0];
    const same =
      order.to.target === leg.destination &&
      order.from.target === leg.source &&
      order.customerId === leg.customer_id &&
      order.groupcallId === leg.groupcall_id &&
      order.rootId === versions[0].rootId;
    if (!same) violations.push(`call ${id} is not the leg that was committed`);
  }
  return { looked: calls.size, violations };
}

/** I5: nothing is dialled that is not committed, nor before it is. */
export function commitBeforeDial({ calls, treeOfLeg }: Indexed): Finding {
  const violations: string[] = [];
  let looked = 0;
  for (const { id, creates } of calls.values()) {
    if (creates.length === 0) continue;
    looked += 1;
    const planned = treeOfLeg.get(id)?.find((version) => version.legs.some((leg) => leg.id === id));
    if (!planned) violations.push(`call ${id} was ordered and is no committed leg`);
    else if (creates[0].at < planned.at - 1)
      violations.push(`call ${id} was ordered before its leg was committed`);
  }
  return { looked, violations };
}

/** I7: after the decision only dials that were already claimed reach the gateway, and they are hung up. */
export function noDialAfterDecision({ calls, treeOfLeg, claims }: Indexed): Finding {
  const violations: string[] = [];
  let looked = 0;
  const claimsOf = new Map<string, number[]>();
  for (const { legId, at } of claims) claimsOf.set(legId, [...(claimsOf.get(legId) ?? []), at]);
  for (const call of calls.values()) {
    const placed = placedAt(call);
    const versions = treeOfLeg.get(call.id);
    if (placed === undefined || !versions) continue;
    const decided = versions.find((version) => isDecided(version) && version.at < placed);
    if (!decided || lastOf(versions).winnerLegId === call.id) continue;
    looked += 1;
    const claimed = (claimsOf.get(call.id) ?? []).filter((at) => at <= placed).at(-1);
    if (claimed !== undefined && claimed > decided.at + IN_FLIGHT) {
      violations.push(`call ${call.id} was claimed and dialled after its tree was decided`);
    }
    if (!call.ended) violations.push(`call ${call.id} was dialled after its tree was decided, and goes on`);
  }
  return { looked, violations };
}

/** I8: in a linear groupcall at most one destination may still be answered, and they have their turns in order. */
export function linearOrder({ trees }: Indexed): Finding {
  const violations: string[] = [];
  let looked = 0;
  for (const versions of trees.values()) {
    for (const version of versions) {
      for (const groupcall of version.groupcalls.filter((one) => one.ring_method === 'linear')) {
        looked += 1;
        const open = groupcall.slots.filter((slot) => isOpen(version, slot));
        const where = `linear groupcall ${groupcall.id} v${version.version}`;
        if (open.length > 1) violations.push(`${where}: ${open.length} destinations at once`);
        // Addresses of a directory that cannot be rung have failed before their turn.
        const firstWaiting = groupcall.slots.findIndex((slot) => slot.kind === 'waiting');
        if (
          firstWaiting >= 0 &&
          groupcall.slots
            .slice(firstWaiting)
            .some((slot) => slot.kind !== 'waiting' && slot.kind !== 'failed')
        ) {
          violations.push(`${where}: a destination was passed over`);
        }
      }
    }
  }
  return { looked, violations };
}

/** I13: nobody is hung up for ringing too long before its time is over, and nobody is forgotten. */
export function deadlines({ trees }: Indexed): Finding & { readonly late: number[] } {
  const violations: string[] = [];
  const late: number[] = [];
  for (const versions of trees.values()) {
    versions.forEach((version, index) => {
      for (const leg of version.legs) {
        const before = versions[index - 1]?.legs.find((one) => one.id === leg.id);
        if (leg.hangup_reason !== 'dialout' || before?.hangup_reason === 'dialout' || !before) continue;
        if (!['planned', 'dialing', 'ringing'].includes(before.status)) continue;
        if (version.at < before.dial_deadline) {
          violations.push(
            `leg ${leg.id} was hung up ${before.dial_deadline - version.at} ms before its deadline`,
          );
        }
        late.push(version.at - before.dial_deadline);
      }
    });
    for (const leg of lastOf(versions).legs) {
      if (['planned', 'dialing', 'ringing'].includes(leg.status))
        violations.push(`leg ${leg.id} is still ${leg.status}`);
    }
  }
  return { looked: late.length, violations, late };
}

/** Nothing new may be dialled: somebody has won, or the groupcall is on its way out. */
function isDecided(version: TreeVersion): boolean {
  const root = rootOf(version);
  return root.status !== 'progressing' || version.winnerLegId !== null;
}

/** A destination that can still be answered. */
function isOpen(version: TreeVersion, slot: GroupcallRecord['slots'][number]): boolean {
  if (slot.kind === 'resolving') return true;
  if (slot.kind === 'leg') {
    const leg = version.legs.find((one) => one.id === slot.id)!;
    return leg.status !== 'hangingup' && leg.status !== 'hangup';
  }
  if (slot.kind !== 'child') return false;
  const child = version.groupcalls.find((one) => one.id === slot.id)!;
  return child.status === 'progressing' && child.slots.some((below) => isOpen(version, below));
}
