import type {
  CreateGroupcallInput,
  DestinationInput,
} from '../../../libs/groupcall/src/commands/create-groupcall/create-groupcall.command.js';
import type { Random } from '../../faults/random.js';
import { AGENTS, EXTENSIONS } from '../outside/directory.js';

export const CUSTOMERS = ['1', '2'].map((digit) => `00000000-0000-4000-8000-0000000000c${digit}`);
export const MASTER_CALLS = ['1', '2'].map((digit) => `00000000-0000-4000-8000-0000000000d${digit}`);

/** A request that is always well formed, for a tree of any shape. */
export function randomCreate(random: Random): CreateGroupcallInput {
  return {
    customerId: random.weighted([
      [3, CUSTOMERS[0]],
      [1, CUSTOMERS[1]],
    ]),
    source: { type: 'sip', target: `caller-${random.between(0, 99)}@here.example` },
    destinations: randomDestinations(random, 2, { left: 7 }),
    ringMethod: random.pick(['ring_all', 'linear']),
    answerMethod: random.chance(0.75) ? 'hangup_others' : '',
    dialTimeout: random.pick([1_000, 1_500, 2_500]),
    ...(random.chance(0.3) ? { masterCallId: random.pick(MASTER_CALLS) } : {}),
  };
}

/** Destinations that may still be asked for; shared by the whole request. */
interface Budget {
  left: number;
}

function randomDestinations(random: Random, levelsLeft: number, budget: Budget): DestinationInput[] {
  const count = Math.max(1, Math.min(random.between(1, 4), budget.left));
  budget.left -= count;
  return Array.from({ length: count }, () => randomDestination(random, levelsLeft, budget));
}

function randomDestination(random: Random, levelsLeft: number, budget: Budget): DestinationInput {
  const kind = random.next();
  if (kind < 0.1) return { type: 'agent', target: random.pick(AGENTS) };
  if (kind < 0.2) return { type: 'extension', target_name: random.pick(EXTENSIONS) };
  if (kind < 0.4 && levelsLeft > 0 && budget.left > 0) {
    return {
      type: 'groupcall',
      ring_method: random.pick(['ring_all', 'linear'] as const),
      ...(random.chance(0.5) ? { dial_timeout: random.pick([1_000, 2_000]) } : {}),
      destinations: randomDestinations(random, levelsLeft - 1, budget),
    };
  }
  return { type: 'sip', target: `phone-${random.between(0, 999)}@phone.example` };
}
