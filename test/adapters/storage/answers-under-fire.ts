import { setTimeout as delay } from 'node:timers/promises';
import { HandleAnswerCommand } from '../../../libs/groupcall/src/commands/handle-answer/handle-answer.command.js';
import { liveLegsOf, type TreeState } from '../../../libs/groupcall/src/domain/tree-state.js';
import type { GroupcallStore } from '../../../libs/groupcall/src/ports/groupcall-store.port.js';
import {
  legIds,
  NO_LIMITS,
  type StorageStage,
} from '../../../libs/groupcall/src/testing/contracts/storage/storage-stage.js';
import { turnOf } from '../../../libs/groupcall/src/testing/turns.js';
import { eventually } from '../../support/eventually.js';

/** An effect as it is in the outbox; `event`: what it tells; null when it is of another kind. */
export interface StoredEffect {
  readonly version: number;
  readonly event: { readonly sequence: number; readonly type: string } | null;
}

/** A database seen past the store, on a session that nobody ends. */
export interface DatabaseUnderFire {
  /** Ends every other session, whatever it is doing. */
  endSessions(): Promise<void>;
  /** What the outbox has of a tree, in order. */
  effectsOf(rootId: string): Promise<StoredEffect[]>;
  /** Living legs of the one customer. */
  liveLegs(): Promise<number>;
}

const TREES = 20;
const SHOTS = 25;

/**
 * Two processes answer different phones of the same twenty trees while somebody ends their connections all the time:
 * commits reject, and whatever they have done is done as a whole.
 */
export async function answersUnderFire(stage: StorageStage, database: DatabaseUnderFire): Promise<void> {
  const trees: TreeState[] = [];
  for (let index = 0; index < TREES; index += 1)
    trees.push(await stage.created(`tree ${index}`, ['anna', 'bob', 'carl']));
  let rejected = 0;
  let firing = true;

  async function fire(): Promise<void> {
    for (let shot = 0; shot < SHOTS; shot += 1) {
      await database.endSessions();
      await delay(5);
    }
    firing = false;
  }

  /** Everybody answers everything, again and again, until nobody ends connections any more. */
  async function answer(store: GroupcallStore, tree: TreeState, leg: number): Promise<void> {
    for (let first = true; first || firing; first = false) {
      try {
        const before = (await store.load(tree.rootId))!;
        const turn = turnOf(before, new HandleAnswerCommand({ legId: legIds(tree)[leg] }), stage.now);
        if (turn.effects.length > 0) await store.commit([turn], NO_LIMITS);
      } catch {
        rejected += 1;
      }
    }
  }

  await Promise.all([
    fire(),
    ...trees.flatMap((tree) => [answer(stage.mine.store, tree, 0), answer(stage.other.store, tree, 1)]),
  ]);
  expect(rejected).toBeGreaterThan(0);
  let live = 0;
  for (const { rootId } of trees) {
    const tree = (await eventually(() => stage.mine.store.load(rootId)))!;
    expectWhole(tree, await database.effectsOf(rootId));
    live += liveLegsOf(tree);
  }
  expect(await database.liveLegs()).toBe(live);
}

/** Every turn up to the stored version has left exactly its effects, and there is one winner at most. */
export function expectWhole(tree: TreeState, effects: readonly StoredEffect[]): void {
  expect(effects.every(({ version }) => version <= tree.version)).toBe(true);
  expect(new Set(effects.map(({ version }) => version)).size).toBe(tree.version);
  const events = effects.flatMap(({ event }) => event ?? []);
  expect(events.map(({ sequence }) => sequence)).toEqual(
    Array.from({ length: tree.eventSequence }, (_, index) => index + 1),
  );
  const answered = events.filter(({ type }) => type === 'groupcall_progressing');
  expect(answered).toHaveLength(tree.winnerLegId ? 1 : 0);
}
