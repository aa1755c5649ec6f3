import { emptyTree } from '../domain/tree-state.js';
import { DEFAULT_LIMITS, type ResolvedOptions } from '../groupcall.options.js';
import type { GroupcallStore, TreeTurn, TurnOutcome } from '../ports/groupcall-store.port.js';
import { CommitWriter } from './commit-writer.js';
import { RuntimeMetrics } from './runtime-metrics.js';

/** A store whose commits are answered by hand. */
function gatedWriter() {
  const groups: { ids: string[]; succeed: (outcomes?: TurnOutcome[]) => void; fail: () => void }[] = [];
  const store = {
    commit: (turns: readonly TreeTurn[]) =>
      new Promise<TurnOutcome[]>((resolve, reject) =>
        groups.push({
          ids: turns.map((turn) => turn.before.rootId),
          succeed: (outcomes = turns.map(() => 'committed')) => resolve(outcomes),
          fail: () => reject(new Error('connection lost')),
        }),
      ),
  } as unknown as GroupcallStore;
  const metrics = new RuntimeMetrics();
  const writer = new CommitWriter(store, { limits: DEFAULT_LIMITS } as ResolvedOptions, metrics);
  const commit = (rootId: string) => {
    const tree = emptyTree(rootId, 'customer');
    return writer.commit({ before: tree, after: tree, effects: [] });
  };
  return { commit, groups, metrics };
}

const nextTick = () => new Promise((resolve) => setImmediate(resolve));

describe('CommitWriter', () => {
  it('sends a lonely turn at once, and gathers the rest while two groups are under way', async () => {
    const { commit, groups } = gatedWriter();
    const all = ['a', 'b', 'c', 'd', 'e'].map(commit);
    expect(groups.map((group) => group.ids)).toEqual([['a'], ['b']]);
    groups[0].succeed();
    await nextTick();
    expect(groups[2].ids).toEqual(['c', 'd', 'e']);
    groups[1].succeed();
    groups[2].succeed(['committed', 'conflict', 'over_limit']);
    await expect(Promise.all(all)).resolves.toEqual([
      'committed',
      'committed',
      'committed',
      'conflict',
      'over_limit',
    ]);
  });

  it('tries each turn of a failed group once more by itself, so that one cannot take the others down', async () => {
    const { commit, groups, metrics } = gatedWriter();
    const [a, b] = ['a', 'b'].map(commit);
    const c = commit('c');
    const d = commit('d');
    groups[0].succeed();
    await nextTick();
    expect(groups[2].ids).toEqual(['c', 'd']);
    groups[2].fail();
    await nextTick();
    groups[1].succeed();
    await nextTick();
    expect(groups.slice(3).map((group) => group.ids)).toEqual([['c'], ['d']]);
    groups[3].fail();
    groups[4].succeed();
    await expect(a).resolves.toBe('committed');
    await expect(b).resolves.toBe('committed');
    await expect(c).rejects.toThrow('connection lost');
    await expect(d).resolves.toBe('committed');
    expect(metrics.unknownCommits).toBe(2);
  });
});
