import type { GroupcallLimits } from '@groupcall/groupcall';
import { decide, type Decision } from '../../../libs/groupcall/src/domain/decide.js';
import { evolve } from '../../../libs/groupcall/src/domain/evolve.js';
import { groupcallNotFound, legNotFound } from '../../../libs/groupcall/src/domain/groupcall-error.js';
import type { TreeCommand } from '../../../libs/groupcall/src/domain/tree-command.js';
import {
  emptyTree,
  liveLegsOf,
  nextAlarmOf,
  type TreeState,
} from '../../../libs/groupcall/src/domain/tree-state.js';

/** Trees in a map, and one turn per command. */
export class CoreTrees {
  private readonly trees = new Map<string, TreeState>();

  constructor(private readonly limits: GroupcallLimits) {}

  /** @throws GroupcallError; then nothing has happened */
  take(command: TreeCommand, now: number): { before: TreeState; decision: Decision } {
    const before = this.treeOf(command);
    const decideWith = (mayPlanLegs: boolean) =>
      decide(before, command, { now, limits: this.limits, mayPlanLegs });
    let decision = decideWith(true);
    if (this.isOverLimit(before, decision.state)) decision = decideWith(false);
    const { state, events, effects } = decision;
    // evolve is the only place where a tree changes, so replaying the events must come to the same tree.
    expect(events.reduce(evolve, before)).toEqual(state);
    if (events.length > 0 || effects.length > 0)
      this.trees.set(before.rootId, { ...state, version: before.version + 1 });
    return { before, decision };
  }

  get(rootId: string): TreeState {
    return this.trees.get(rootId)!;
  }

  with(part: 'legs' | 'groupcalls', id: string): TreeState | undefined {
    return [...this.trees.values()].find((tree) => tree[part].has(id));
  }

  filter(wanted: (tree: TreeState) => boolean): TreeState[] {
    return [...this.trees.values()].filter(wanted);
  }

  alarms(): number[] {
    return [...this.trees.values()].map(nextAlarmOf).filter((at) => at !== null);
  }

  private treeOf(command: TreeCommand): TreeState {
    if (command.type === 'create_groupcall') {
      const { id = '', customerId } = command.input;
      return this.trees.get(id) ?? emptyTree(id, customerId);
    }
    if ('rootId' in command) return this.get(command.rootId);
    const tree =
      'legId' in command ? this.with('legs', command.legId) : this.with('groupcalls', command.groupcallId);
    if (tree) return tree;
    throw 'legId' in command ? legNotFound(command.legId) : groupcallNotFound(command.groupcallId);
  }

  /** As the store counts: only turns that add legs are checked. */
  private isOverLimit(before: TreeState, after: TreeState): boolean {
    const added = liveLegsOf(after) - liveLegsOf(before);
    const own = this.filter(({ customerId }) => customerId === before.customerId);
    const live = own.reduce((sum, tree) => sum + liveLegsOf(tree), 0);
    return added > 0 && this.limits.liveLegs > 0 && live + added > this.limits.liveLegs;
  }
}
