import { emptyTree } from '../domain/tree-state.js';
import { DEFAULT_LIMITS, type ResolvedOptions } from '../groupcall.options.js';
import {
  UnstorableTurnsError,
  type GroupcallStore,
  type TreeTurn,
  type TurnOutcome,
} from '../ports/groupcall-store.port.js';
import { AgendaTimers } from '../testing/kit/agenda-ports.js';
import { Agenda } from '../testing/virtual-time/agenda.js';
import { CommitWriter } from './commit-writer.js';
import { OutboxSignal } from './outbox-signal.js';
import { RuntimeMetrics } from './runtime-metrics.js';

/** A store whose commits are answered by hand. */
function gatedWriter() {
  const groups: {
    ids: string[];
    succeed: (outcomes?: TurnOutcome[]) => void;
    fail: (error?: Error) => void;
  }[] = [];
  const store = {
    commit: (turns: readonly TreeTurn[]) =>
      new Promise<TurnOutcome[]>((resolve, reject) =>
        groups.push({
          ids: turns.map((turn) => turn.before.rootId),
          succeed: (outcomes = turns.map(() => 'committed')) => resolve(outcomes),
          fail: (error = new Error('connection lost')) => reject(error),
        }),
      ),
  } as unknown as GroupcallStore;
  const metrics = new RuntimeMetrics();
  const agenda = new Agenda(1_000_000);
  const signal = new OutboxSignal();
  const settled: boolean[] = [];
  signal.onHeld({
    hasAudience: true,
    hold: () => ({
      owner: 'me',
      now: 0,
      until: 0,
      known: () => [],
      commitNo: 1,
      settled: (isDurable) => settled.push(isDurable),
    }),
    take: () => undefined,
  });
  const writer = new CommitWriter(
    store,
    { limits: DEFAULT_LIMITS } as ResolvedOptions,
    metrics,
    signal,
    new AgendaTimers(agenda),
  );
  const commit = (rootId: string) => {
    const tree = emptyTree(rootId, 'customer');
    return writer.commit({ before: tree, after: tree, effects: [] });
  };
  const pass = (ms: number) => agenda.run(agenda.now + ms);
  return { commit, groups, metrics, writer, pass, settled };
}

const nextTick = () => new Promise((resolve) => setImmediate(resolve));

describe('CommitWriter', () => {
  it('sends a lonely turn at once, and gathers the rest while two groups are under way', async () => {
    const { commit, groups } = gatedWriter();
    const all = [commit('a')];
    await nextTick();
    all.push(commit('b'));
    await nextTick();
    all.push(...['c', 'd', 'e'].map(commit));
    await nextTick();
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

  it('lets nobody decide while two groups are under way, and then as many as fit into the next one', async () => {
    const { commit, groups, writer } = gatedWriter();
    const entered: number[] = [];
    const enter = async (index: number) => {
      await writer.room();
      entered.push(index);
      writer.decided();
      await commit(`tree ${index}`);
    };
    void enter(0);
    await nextTick();
    void enter(1);
    await nextTick();
    for (let index = 2; index < 300; index += 1) void enter(index);
    await nextTick();
    expect(entered).toEqual([0, 1]);
    groups[0].succeed();
    await nextTick();
    expect(entered).toHaveLength(2 + 128);
    expect(groups.map(({ ids }) => ids.length)).toEqual([1, 1, 128]);
  });

  describe('while a large group is under way', () => {
    async function underWay() {
      const { commit, groups, writer, pass } = gatedWriter();
      const entered: number[] = [];
      const enter = async (index: number) => {
        await writer.room();
        entered.push(index);
        writer.decided();
        await commit(`tree ${index}`);
      };
      for (let index = 0; index < 10; index += 1) void enter(index);
      await nextTick();
      expect(groups.map(({ ids }) => ids.length)).toEqual([10]);
      return { enter, entered, groups, pass };
    }

    it('begins a second one when that is as large', async () => {
      const { enter, groups } = await underWay();
      for (let index = 10; index < 19; index += 1) void enter(index);
      await nextTick();
      expect(groups).toHaveLength(1);
      void enter(19);
      await nextTick();
      expect(groups.map(({ ids }) => ids.length)).toEqual([10, 10]);
    });

    it('lets those that wait decide when it is over', async () => {
      const { enter, groups } = await underWay();
      void enter(10);
      await nextTick();
      groups[0].succeed();
      await nextTick();
      expect(groups.map(({ ids }) => ids.length)).toEqual([10, 1]);
    });

    it('keeps nobody waiting for long when it does not come back', async () => {
      const { enter, groups, pass } = await underWay();
      void enter(10);
      await pass(49);
      expect(groups).toHaveLength(1);
      await pass(1);
      await nextTick();
      expect(groups.map(({ ids }) => ids.length)).toEqual([10, 1]);
    });
  });

  it('lets the next ones in when those before them had nothing to commit', async () => {
    const { groups, writer } = gatedWriter();
    let entered = 0;
    const lookAround = async () => {
      await writer.room();
      entered += 1;
      await nextTick();
      writer.decided();
    };
    for (let index = 0; index < 300; index += 1) void lookAround();
    await nextTick();
    expect(entered).toBe(128);
    await nextTick();
    await nextTick();
    await nextTick();
    expect([entered, groups.length]).toEqual([300, 0]);
  });

  /** Two lonely turns, and a group of three behind them. */
  async function groupOfThree() {
    const writer = gatedWriter();
    const { commit, groups } = writer;
    const first = [commit('a')];
    await nextTick();
    first.push(commit('b'));
    await nextTick();
    const three = ['c', 'd', 'e'].map(commit);
    groups[0].succeed();
    groups[1].succeed();
    await Promise.all(first);
    await nextTick();
    expect(groups[2].ids).toEqual(['c', 'd', 'e']);
    return { ...writer, three: Promise.allSettled(three) };
  }

  it('tries each turn of a group with something unstorable in it once more by itself', async () => {
    const { groups, metrics, three } = await groupOfThree();
    const refused = new UnstorableTurnsError('too long');
    groups[2].fail(refused);
    await nextTick();
    groups[3].fail(refused);
    await nextTick();
    groups[4].succeed();
    await nextTick();
    groups[5].succeed();
    expect(groups.slice(3).map((group) => group.ids)).toEqual([['c'], ['d'], ['e']]);
    await expect(three).resolves.toEqual([
      { status: 'rejected', reason: refused },
      { status: 'fulfilled', value: 'committed' },
      { status: 'fulfilled', value: 'committed' },
    ]);
    expect(metrics.unknownCommits).toBe(0);
  });

  it('says of each commit whether anything of it is stored: what it has taken along is forgotten only then', async () => {
    const { commit, groups, settled } = gatedWriter();
    const ids = ['a', 'b', 'c', 'd'];
    const outcomes: (TurnOutcome[] | null)[] = [['conflict'], ['committed'], ['duplicate_key'], null];
    for (const [index, id] of ids.entries()) {
      const told = commit(id).catch(() => undefined);
      await nextTick();
      const outcome = outcomes[index];
      if (outcome) groups[index].succeed(outcome);
      else groups[index].fail();
      await told;
    }
    expect(settled).toEqual([false, true, false, false]);
  });

  it('tells everybody of a group at once when its outcome is unknown, and asks the store nothing more', async () => {
    const { groups, metrics, three } = await groupOfThree();
    groups[2].fail();
    const lost = { status: 'rejected', reason: new Error('connection lost') };
    await expect(three).resolves.toEqual([lost, lost, lost]);
    await nextTick();
    expect(groups).toHaveLength(3);
    expect(metrics.unknownCommits).toBe(1);
  });
});
