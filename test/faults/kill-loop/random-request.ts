import type { CreateGroupcallInput, DestinationInput } from '@groupcall/groupcall';
import type { Random } from '../random.js';

/** What far ends do, by weight; times in ms are filled in by chance. */
const FAR_ENDS: readonly (readonly [number, (random: Random) => string])[] = [
  [20, () => 'ring20-never'],
  [24, (random) => `ring20-answer${random.between(50, 1_400)}-end${random.between(100, 1_500)}`],
  // Talks until somebody hangs it up.
  [7, (random) => `ring30-answer${random.between(50, 1_000)}`],
  // Answers before it has rung.
  [6, (random) => `answer${random.between(0, 60)}-end${random.between(100, 900)}`],
  [9, (random) => `ring20-busy${random.between(20, 600)}`],
  [6, (random) => `reject${random.between(10, 500)}`],
  [4, (random) => `ring20-noanswer${random.between(300, 1_200)}`],
  [3, (random) => `fail${random.between(5, 100)}`],
  [5, () => 'refuse'],
  [10, () => 'ring20-oncancel'],
  // Ends before anybody can have heard of its answer.
  [3, () => 'answer5-end1'],
  [3, (random) => `ring20-answer${random.between(50, 600)}-end${random.between(300, 900)}-muted`],
];

const DEEPEST = 3;

/** Any groupcall that somebody might want: both ring methods, both answer methods, nested or not. */
export function randomRequest(
  random: Random,
  customers: readonly string[],
  key: string,
): CreateGroupcallInput {
  return {
    customerId: random.pick(customers),
    source: { type: 'sip', target: 'lab@judge' },
    destinations: destinations(random, 1),
    ringMethod: random.pick(['ring_all', 'linear']),
    answerMethod: random.chance(0.75) ? 'hangup_others' : '',
    dialTimeout: random.between(1_000, 2_500),
    idempotencyKey: key,
  };
}

function destinations(random: Random, level: number): DestinationInput[] {
  return Array.from({ length: random.between(1, level === 1 ? 4 : 3) }, () =>
    level < DEEPEST && random.chance(0.25) ? nested(random, level) : phone(random),
  );
}

function nested(random: Random, level: number): DestinationInput {
  return {
    type: 'groupcall',
    ring_method: random.pick(['ring_all', 'linear']),
    destinations: destinations(random, level + 1),
  };
}

function phone(random: Random): DestinationInput {
  return { type: 'sip', target: `${random.weighted(FAR_ENDS)(random)}@judge` };
}
