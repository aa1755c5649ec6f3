import { lastOf, rootOf, type Indexed } from './index-records.js';
import { LEG_ORDER, NIL, type Finding } from './records.js';

const STATUS_ORDER = ['progressing', 'hangingup', 'hangup'];

/** I9: groupcalls and legs only move forward, what is written about the answer stays, and nothing disappears. */
export function onlyForward({ trees }: Indexed): Finding {
  const violations: string[] = [];
  let looked = 0;
  for (const versions of trees.values()) {
    for (let index = 1; index < versions.length; index += 1) {
      const [before, after] = [versions[index - 1], versions[index]];
      const where = `tree ${after.rootId} v${after.version}`;
      for (const old of before.groupcalls) {
        looked += 1;
        const now = after.groupcalls.find((one) => one.id === old.id);
        if (!now) violations.push(`${where}: groupcall ${old.id} has disappeared`);
        else if (STATUS_ORDER.indexOf(now.status) < STATUS_ORDER.indexOf(old.status)) {
          violations.push(`${where}: groupcall ${old.id} went from ${old.status} back to ${now.status}`);
        } else if (
          (old.answer_call_id !== NIL && now.answer_call_id !== old.answer_call_id) ||
          (old.answer_groupcall_id !== NIL && now.answer_groupcall_id !== old.answer_groupcall_id)
        ) {
          violations.push(`${where}: the answer of ${old.id} was rewritten`);
        }
      }
      for (const old of before.legs) {
        looked += 1;
        const now = after.legs.find((one) => one.id === old.id);
        if (!now) violations.push(`${where}: leg ${old.id} has disappeared`);
        else if (LEG_ORDER.indexOf(now.status) < LEG_ORDER.indexOf(old.status)) {
          violations.push(`${where}: leg ${old.id} went from ${old.status} back to ${now.status}`);
        }
      }
    }
  }
  return { looked, violations };
}

/** I10, first half: versions count by one, and each of them was committed once. */
export function versionsCount({ trees }: Indexed): Finding {
  const violations: string[] = [];
  let looked = 0;
  for (const [rootId, versions] of trees) {
    versions.forEach((version, index) => {
      looked += 1;
      if (version.version !== index + 1)
        violations.push(`tree ${rootId}: version ${version.version} is number ${index + 1}`);
      if (index > 0 && version.eventSequence < versions[index - 1].eventSequence) {
        violations.push(`tree ${rootId} v${version.version}: events were taken back`);
      }
    });
  }
  return { looked, violations };
}

/** I11: an ended parent has only ended descendants, and the winning path leads from the root to the winner. */
export function pathsAndDescendants({ trees }: Indexed): Finding {
  const violations: string[] = [];
  let looked = 0;
  for (const versions of trees.values()) {
    for (const version of versions) {
      looked += 1;
      const where = `tree ${version.rootId} v${version.version}`;
      const byId = new Map(version.groupcalls.map((one) => [one.id, one]));
      for (const groupcall of version.groupcalls) {
        const parent = byId.get(groupcall.master_groupcall_id);
        if (parent?.status === 'hangup' && groupcall.status !== 'hangup') {
          violations.push(`${where}: ${parent.id} has ended and its child ${groupcall.id} has not`);
        }
        const openLeg = version.legs.find(
          (leg) => leg.groupcall_id === groupcall.id && leg.status !== 'hangup',
        );
        if (groupcall.status === 'hangup' && openLeg)
          violations.push(`${where}: an ended groupcall has leg ${openLeg.id}`);
      }
      if (version.winnerLegId === null) continue;
      let at: string = rootOf(version).id;
      for (let next = byId.get(at); next && next.answer_groupcall_id !== NIL; next = byId.get(at))
        at = next.answer_groupcall_id;
      const winner = version.legs.find((leg) => leg.id === version.winnerLegId);
      if (winner?.groupcall_id !== at || byId.get(at)?.answer_call_id !== winner.id) {
        violations.push(`${where}: the winning path does not end at the winner`);
      }
    }
  }
  return { looked, violations };
}

/** I12: counts follow from legs and children, and the customer's counter from its trees. */
export function countsFollow({ trees, liveLegs }: Indexed): Finding {
  const violations: string[] = [];
  let looked = 0;
  const living = new Map<string, number>();
  for (const versions of trees.values()) {
    for (const version of versions) {
      for (const groupcall of version.groupcalls) {
        looked += 1;
        const legs = version.legs.filter(
          (leg) => leg.groupcall_id === groupcall.id && leg.status !== 'hangup',
        ).length;
        const children = version.groupcalls.filter(
          (one) => one.master_groupcall_id === groupcall.id && one.status !== 'hangup',
        ).length;
        if (groupcall.call_count !== legs || groupcall.groupcall_count !== children) {
          violations.push(
            `groupcall ${groupcall.id} v${version.version}: its counts are not those of its parts`,
          );
        }
      }
    }
    const last = lastOf(versions);
    const open = last.legs.filter((leg) => leg.status !== 'hangup').length;
    living.set(last.customerId, (living.get(last.customerId) ?? 0) + open);
  }
  for (const { customerId, now } of liveLegs) {
    if (now !== (living.get(customerId) ?? 0)) {
      violations.push(
        `customer ${customerId}: the counter says ${now} live legs, there are ${living.get(customerId) ?? 0}`,
      );
    }
  }
  return { looked, violations };
}

/** I16: nobody has more live legs than allowed, nor fewer than none, not even for a moment. */
export function limitsHold({ liveLegs, limits }: Indexed): Finding {
  const violations = liveLegs
    .filter(({ least, most }) => least < 0 || (limits.liveLegs > 0 && most > limits.liveLegs))
    .map(
      ({ customerId, least, most }) =>
        `customer ${customerId} had ${least} to ${most} live legs of ${limits.liveLegs}`,
    );
  return { looked: liveLegs.length, violations };
}
