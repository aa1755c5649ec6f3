import {
  CreateGroupcallCommand,
  type DestinationInput,
} from '../../libs/groupcall/src/commands/create-groupcall/create-groupcall.command.js';
import type { Resolution } from '../../libs/groupcall/src/domain/resolution.js';
import type { AnswerMethod } from '../../libs/groupcall/src/domain/status.js';
import type { TreeLimits } from '../../libs/groupcall/src/domain/turn.js';
import { uuidOf } from '../../libs/groupcall/src/testing/scenario/index.js';
import type { Chooser } from './chooser.js';

export const ROOT_ID = uuidOf('root');
export const CUSTOMER = uuidOf('customer');
const MASTER_CALL = uuidOf('master call');

/** Few agents and extensions, so that they meet again: on other branches, and in cycles. */
const AGENTS = [0, 1, 2].map((n) => uuidOf(`agent ${n}`));

/** How many legs, levels and destinations are allowed in this run. */
export function randomLimits(chooser: Chooser): TreeLimits {
  return {
    destinations: 30,
    legsPerTree: [30, 12, 5][chooser.pick(3)],
    depth: 4 - chooser.pick(3),
  };
}

/** A groupcall of any shape that the limits allow. */
export function randomCreate(
  chooser: Chooser,
  answerMethod: AnswerMethod,
  { depth, legsPerTree }: TreeLimits,
): CreateGroupcallCommand {
  return new CreateGroupcallCommand({
    customerId: CUSTOMER,
    masterCallId: MASTER_CALL,
    answerMethod,
    ringMethod: ['ring_all', 'linear'][chooser.pick(2)],
    dialTimeout: 1_000 * (1 + chooser.pick(3)),
    destinations: randomDestinations(chooser, depth - 1, { left: legsPerTree }),
  });
}

/** Destinations that may still be asked for; shared by the whole request. */
interface Budget {
  left: number;
}

function randomDestinations(chooser: Chooser, levelsLeft: number, budget: Budget): DestinationInput[] {
  const count = Math.min(1 + chooser.pick(6), budget.left);
  budget.left -= count;
  return Array.from({ length: count }, () => randomDestination(chooser, levelsLeft, budget));
}

function randomDestination(chooser: Chooser, levelsLeft: number, budget: Budget): DestinationInput {
  const kind = chooser.pick(8);
  if (kind >= 6) return somebody(chooser);
  if (kind >= 4 && levelsLeft > 0 && budget.left > 0) {
    return {
      type: 'groupcall',
      ring_method: chooser.pick(2) === 0 ? 'ring_all' : 'linear',
      dial_timeout: 1_000 * (1 + chooser.pick(3)),
      destinations: randomDestinations(chooser, levelsLeft - 1, budget),
    };
  }
  return { type: 'sip', target: 'a@b' };
}

/** An agent or an extension. */
function somebody(chooser: Chooser): DestinationInput {
  const which = chooser.pick(6);
  return which < 3
    ? { type: 'agent', target: AGENTS[which] }
    : { type: 'extension', target_name: `${which}` };
}

/** What the directory says, right or wrong, useful or not. */
export function randomResolution(chooser: Chooser): Resolution {
  if (chooser.pick(5) === 4) return { resolved: false, detail: 'nobody knows it' };
  const destinations = Array.from({ length: chooser.pick(4) }, () => {
    const kind = chooser.pick(8);
    if (kind === 7) return { type: 'email', target: 'x@y.example' };
    if (kind === 6) return { type: 'tel', target: '112' };
    return kind >= 4 ? somebody(chooser) : { type: 'sip', target: 'a@b' };
  });
  return {
    resolved: true,
    ringMethod: chooser.pick(2) === 0 ? 'ring_all' : 'linear',
    // A directory may write an address as briefly as a request may.
    destinations: destinations as Extract<Resolution, { resolved: true }>['destinations'],
    ...(chooser.pick(4) === 3 ? { ownerId: AGENTS[0] } : {}),
  };
}
