import { lastOf, legIn, rootOf, type Indexed } from './index-records.js';
import { NIL, type Finding } from './records.js';

/** I1: the winner of a tree is written once, and nobody else ever wins. */
export function oneWinner({ trees }: Indexed): Finding {
  const violations: string[] = [];
  let looked = 0;
  for (const [rootId, versions] of trees) {
    let winner: string | null = null;
    for (const version of versions) {
      looked += 1;
      if (winner !== null && version.winnerLegId !== winner) {
        violations.push(`tree ${rootId} v${version.version}: winner ${winner} became ${version.winnerLegId}`);
      }
      winner = version.winnerLegId ?? winner;
      const talking = version.legs.filter((leg) => leg.status === 'progressing');
      if (talking.some((leg) => leg.id !== version.winnerLegId)) {
        violations.push(`tree ${rootId} v${version.version}: a leg talks that is not the winner`);
      }
      const named = version.groupcalls.filter((one) => one.answer_call_id !== NIL);
      if (named.length > 1 || named.some((one) => one.answer_call_id !== version.winnerLegId)) {
        violations.push(`tree ${rootId} v${version.version}: answer_call_id does not name the winner once`);
      }
    }
  }
  return { looked, violations };
}

/** I2: the winner had really answered before its victory was committed. */
export function winnerAnswered({ trees, calls }: Indexed): Finding {
  const violations: string[] = [];
  let looked = 0;
  for (const [rootId, versions] of trees) {
    const won = versions.find((version) => version.winnerLegId !== null);
    if (!won) continue;
    looked += 1;
    const answered = calls.get(won.winnerLegId!)?.answered;
    if (!answered) violations.push(`tree ${rootId}: winner ${won.winnerLegId} never answered`);
    else if (answered.at > won.at + 1)
      violations.push(`tree ${rootId}: the winner answered after it had won`);
  }
  return { looked, violations };
}

/** I3: at rest, nothing lives at the gateway but winners of living trees. */
export function nothingRings({ living, calls, treeOfLeg }: Indexed): Finding {
  const violations = living
    .filter((id) => {
      const versions = treeOfLeg.get(id);
      if (!versions) return true;
      const last = lastOf(versions);
      return last.winnerLegId !== id || rootOf(last).status === 'hangup';
    })
    .map((id) => `call ${id} lives at the gateway and nobody wants it`);
  return { looked: calls.size, violations };
}

/** I6: no answer is lost: who answered has won, or its call has ended; and a 2xx is only said to what is committed. */
export function noLostAnswer({ calls, treeOfLeg }: Indexed): Finding {
  const violations: string[] = [];
  let looked = 0;
  for (const call of calls.values()) {
    const versions = treeOfLeg.get(call.id);
    if (!versions) continue;
    if (call.answered && !call.ended && lastOf(versions).winnerLegId !== call.id) {
      violations.push(`call ${call.id} was answered, did not win, and goes on`);
    }
    for (const { what, status, at } of call.notified) {
      if (status < 200 || status > 299) continue;
      looked += 1;
      // What was committed when the server said so; the judge counts in whole ms.
      const known = versions.filter((version) => version.at < at + 1).at(-1);
      const leg = known && legIn(known, call.id);
      const taken =
        leg !== undefined &&
        (what === 'ended'
          ? leg.status === 'hangup'
          : what === 'answered'
            ? ['progressing', 'hangingup', 'hangup'].includes(leg.status)
            : leg.status !== 'planned');
      if (!taken) violations.push(`call ${call.id}: "${what}" was acknowledged before it was committed`);
    }
  }
  return { looked, violations };
}

/** I21: every answered call is a winner, was hung up by us, or was ended by its far end. */
export function answersAddUp({ calls, treeOfLeg }: Indexed): Finding {
  const violations: string[] = [];
  let looked = 0;
  for (const call of calls.values()) {
    if (!call.answered) continue;
    looked += 1;
    const versions = treeOfLeg.get(call.id);
    if (versions && lastOf(versions).winnerLegId === call.id) continue;
    if (call.ended?.by === 'hangup' || call.ended?.by === 'far_end') continue;
    violations.push(
      `call ${call.id} was answered and is not accounted for (${call.ended?.by ?? 'still living'})`,
    );
  }
  return { looked, violations };
}
