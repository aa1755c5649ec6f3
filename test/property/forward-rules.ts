import { GROUPCALL_STATUSES, LEG_STATUSES } from '../../libs/groupcall/src/domain/status.js';
import type { TreeState } from '../../libs/groupcall/src/domain/tree-state.js';
import { must } from './broken-rule.js';

/** Nothing goes backwards, nothing that has ended changes, and nothing disappears. */
export function checkForward(before: TreeState, tree: TreeState): void {
  for (const [id, was] of before.legs) {
    const leg = tree.legs.get(id)!;
    if (leg === was) continue;
    must(was.status !== 'hangup', 'I9: a leg that has ended does not change', () => [was, leg]);
    const [from, to] = [LEG_STATUSES.indexOf(was.status), LEG_STATUSES.indexOf(leg.status)];
    must(to >= from, "I9: a leg's status only moves forward", () => [was, leg]);
  }
  for (const [id, was] of before.groupcalls) {
    const groupcall = tree.groupcalls.get(id)!;
    if (groupcall === was) continue;
    const [from, to] = [GROUPCALL_STATUSES.indexOf(was.status), GROUPCALL_STATUSES.indexOf(groupcall.status)];
    must(to >= from, "I9: a groupcall's status only moves forward", () => [was, groupcall]);
    if (was.status !== 'hangup') continue;
    const { tmDelete, tmUpdate } = groupcall;
    must(
      JSON.stringify({ ...was, tmDelete, tmUpdate }) === JSON.stringify(groupcall),
      'I9: a groupcall that has ended does not change, it can only be deleted',
      () => [was, groupcall],
    );
    must(was.tmDelete === null || was.tmDelete === tmDelete, 'I9: and only once', () => [was, groupcall]);
  }
}
