import { groupcallStorage } from '@groupcall/groupcall/typeorm';
import type { DataSource } from 'typeorm';
import { HandleAnswerCommand } from '../../../libs/groupcall/src/commands/handle-answer/handle-answer.command.js';
import type { TreeState } from '../../../libs/groupcall/src/domain/tree-state.js';
import type { GroupcallStore } from '../../../libs/groupcall/src/ports/groupcall-store.port.js';
import {
  legIds,
  NO_LIMITS,
  StorageStage,
} from '../../../libs/groupcall/src/testing/contracts/storage/storage-stage.js';
import { turnOf } from '../../../libs/groupcall/src/testing/turns.js';
import { eventually } from '../../support/eventually.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import type { TwoProcesses } from './two-processes.js';

interface Database {
  readonly processes: () => Promise<TwoProcesses>;
  readonly sourceOf: (url: string) => DataSource;
  /** In the request that commits a turn, and in no other of a commit. */
  readonly commitMarker: string;
}

/** ms; a healthy commit is far below it, also on a busy machine. */
const DEADLINE = 1_500;

/**
 * What becomes of a commit when the network between process and database breaks in the middle of it: the caller is told
 * that the outcome is unknown, what was done is done as a whole, and no connection of that time is used again.
 */
export function describeBrokenNetwork(name: string, { processes, sourceOf, commitMarker }: Database): void {
  describe(`A commit on ${name}`, () => {
    let storage: TwoProcesses;
    let proxy: TcpProxy;
    /** One connection: whoever comes next gets the same one, or a new one. */
    let source: DataSource;
    let store: GroupcallStore;

    beforeAll(async () => {
      storage = await processes();
      proxy = await new TcpProxy(storage.database.url).open();
    });
    afterAll(async () => {
      await proxy.cut();
      await storage.drop();
    });
    const stage = new StorageStage(() => storage.environment());
    beforeEach(async () => {
      source = await sourceOf(proxy.url).setOptions({ poolSize: 1 }).initialize();
      ({ store } = groupcallStorage(source, { deadline: DEADLINE }));
    });
    afterEach(() => source.destroy());

    const answered = (tree: TreeState, leg: number) =>
      turnOf(tree, new HandleAnswerCommand({ legId: legIds(tree)[leg] }), stage.now);

    /** As the other process sees it, whose way to the database is not broken. */
    const stored = async (tree: TreeState) => (await stage.other.store.load(tree.rootId))!;

    it('whose reply is lost rejects, and is there as a whole', async () => {
      const tree = await stage.created('a', ['anna', 'bob']);
      const turn = answered(tree, 0);
      await store.load(tree.rootId);
      proxy.loseReplyTo(commitMarker);
      await expect(store.commit([turn], NO_LIMITS)).rejects.toThrow();
      await eventually(async () => expect(await stored(tree)).toEqual(turn.after));
      // The same decision once more is nobody's second winner.
      expect(await store.commit([turn], NO_LIMITS)).toEqual(['conflict']);
      expect(await stored(tree)).toEqual(turn.after);
    });

    it('in a network that stalls is given up, and is there as a whole or not at all when it moves again', async () => {
      const tree = await stage.created('a', ['anna', 'bob']);
      await store.load(tree.rootId);
      proxy.hold();
      await expect(store.commit([answered(tree, 0)], NO_LIMITS)).rejects.toThrow(/did not answer/);
      proxy.release();
      // Whatever the stalled connection still brought about, the next commit is on another one and decides for good.
      await eventually(async () => {
        const now = await stored(tree);
        const outcome = await store.commit([answered(now, 1)], NO_LIMITS);
        expect(outcome).toEqual(['committed']);
      });
      const { version, winnerLegId } = await stored(tree);
      expect([
        [2, legIds(tree)[1]],
        [3, legIds(tree)[0]],
      ]).toContainEqual([version, winnerLegId]);
    });

    it('to a server that takes the connection and says nothing is given up at the deadline, each time', async () => {
      const tree = await stage.created('a', ['anna', 'bob']);
      await store.load(tree.rootId);
      proxy.freeze();
      for (let time = 0; time < 2; time += 1) {
        const began = performance.now();
        await expect(store.commit([answered(tree, 0)], NO_LIMITS)).rejects.toThrow();
        expect(performance.now() - began).toBeLessThan(3 * DEADLINE);
      }
      await proxy.cut();
      await proxy.open();
      await eventually(async () =>
        expect(await store.commit([answered(tree, 0)], NO_LIMITS)).toEqual(['committed']),
      );
      expect(await stored(tree)).toEqual(answered(tree, 0).after);
    });
  });
}
