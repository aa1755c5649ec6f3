import { randomUUID } from 'node:crypto';
import { HandleAnswerCommand } from '../../../libs/groupcall/src/commands/handle-answer/handle-answer.command.js';
import type { TreeState } from '../../../libs/groupcall/src/domain/tree-state.js';
import type { GroupcallStore } from '../../../libs/groupcall/src/ports/groupcall-store.port.js';
import { phone } from '../../../libs/groupcall/src/testing/scenario/index.js';
import { firstTurn, turnOf } from '../../../libs/groupcall/src/testing/turns.js';
import { seeded, shuffled } from './seeded.js';

const TREES = 50;
const ROUNDS = 40;
const LEGS = 3;
const LIMITS = { liveLegs: 1_000_000, groupcallsPerSecond: 0 };

/** What came of the storm. */
export interface StormReport {
  /** Trees whose winner was not one and the same for everybody. */
  readonly undecided: string[];
  /** Turns that lost their compare-and-set. */
  readonly conflicts: number;
  readonly answers: number;
}

/**
 * Two processes answer different phones of the same fifty trees at the same moment, in groups of any size and order:
 * 2,000 times each. Every commit must come through; nobody may see a winner that is not the only one.
 */
export async function stormOfDoubleAnswers(
  stores: readonly [GroupcallStore, GroupcallStore],
  seed: number,
): Promise<StormReport> {
  const random = seeded(seed);
  const customers = Array.from({ length: 4 }, () => randomUUID());
  const undecided: string[] = [];
  let conflicts = 0;
  let answers = 0;

  async function answerAll(
    store: GroupcallStore,
    trees: TreeState[],
    leg: number,
  ): Promise<Map<string, string>> {
    const seen = new Map<string, string>();
    const order = shuffled(trees, random);
    const half = Math.ceil(order.length * (0.3 + 0.4 * random()));
    await Promise.all(
      [order.slice(0, half), order.slice(half)].map((part) => answer(store, part, leg, seen)),
    );
    return seen;
  }

  /** Until each of them is durable, as the runtime does it: what lost is loaded and decided again. */
  async function answer(
    store: GroupcallStore,
    trees: TreeState[],
    leg: number,
    seen: Map<string, string>,
  ): Promise<void> {
    for (let open = trees; open.length > 0;) {
      const turns = open.map((tree) =>
        turnOf(
          tree,
          new HandleAnswerCommand({ legId: [...tree.legs.keys()][leg] }),
          tree.groupcalls.get(tree.rootId)!.tmCreate,
        ),
      );
      const outcomes = await store.commit(turns, LIMITS);
      const lost = turns.filter((_, index) => outcomes[index] === 'conflict');
      turns.forEach(({ after }, index) => {
        if (outcomes[index] === 'committed') seen.set(after.rootId, after.winnerLegId!);
      });
      answers += turns.length - lost.length;
      conflicts += lost.length;
      open = await Promise.all(lost.map(async ({ after }) => (await store.load(after.rootId))!));
    }
  }

  for (let round = 0; round < ROUNDS; round += 1) {
    const turns = Array.from({ length: TREES }, (_, index) =>
      firstTurn({
        rootId: randomUUID(),
        customerId: customers[index % customers.length],
        destinations: ['anna', 'bob', 'carl'].slice(0, LEGS).map(phone),
        now: 1_700_000_000_000,
      }),
    );
    await stores[0].commit(turns, LIMITS);
    const trees = turns.map(({ after }) => after);
    const first = Math.floor(random() * LEGS);
    const [mine, theirs] = await Promise.all([
      answerAll(stores[0], trees, first),
      answerAll(stores[1], trees, (first + 1) % LEGS),
    ]);
    for (const { rootId } of trees) {
      const stored = (await stores[round % 2].load(rootId))!;
      const winners = new Set([mine.get(rootId), theirs.get(rootId), stored.winnerLegId]);
      const talking = [...stored.legs.values()].filter(({ status }) => status === 'progressing');
      if (winners.size !== 1 || talking.length !== 1 || talking[0].id !== stored.winnerLegId)
        undecided.push(rootId);
    }
  }
  return { undecided, conflicts, answers };
}
