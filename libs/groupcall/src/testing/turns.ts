import {
  CreateGroupcallCommand,
  type DestinationInput,
} from '../commands/create-groupcall/create-groupcall.command.js';
import { decide } from '../domain/decide.js';
import type { Effect } from '../domain/effect.js';
import type { TreeCommand } from '../domain/tree-command.js';
import { emptyTree, type TreeState } from '../domain/tree-state.js';
import { DEFAULT_LIMITS } from '../groupcall.options.js';
import type { IdempotencyRecord, TreeTurn } from '../ports/groupcall-store.port.js';

/** A real decision, ready to be committed. `now` in epoch ms. */
export function turnOf(before: TreeState, command: TreeCommand, now: number): TreeTurn {
  const decision = decide(before, command, { now, limits: DEFAULT_LIMITS, mayPlanLegs: true });
  return { before, after: { ...decision.state, version: before.version + 1 }, effects: decision.effects };
}

/** Effects as they are stored: an event is made when it is asked for. */
export function asStored(effects: readonly Effect[]): Effect[] {
  return JSON.parse(JSON.stringify(effects)) as Effect[];
}

/** The first turn of a new tree. */
export function firstTurn(tree: {
  rootId: string;
  customerId: string;
  destinations: DestinationInput[];
  now: number;
  masterCallId?: string;
  idempotency?: IdempotencyRecord;
}): TreeTurn {
  const { rootId, customerId, destinations, now, masterCallId, idempotency } = tree;
  const command = new CreateGroupcallCommand({ customerId, destinations, masterCallId });
  return { ...turnOf(emptyTree(rootId, customerId), command, now), idempotency };
}
