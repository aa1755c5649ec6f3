import {
  CreateGroupcallCommand,
  type CreateGroupcallInput,
  type DestinationInput,
} from '../../commands/create-groupcall/create-groupcall.command.js';
import { DeleteGroupcallCommand } from '../../commands/delete-groupcall/delete-groupcall.command.js';
import { HandleAlarmCommand } from '../../commands/handle-alarm/handle-alarm.command.js';
import { HandleAnswerCommand } from '../../commands/handle-answer/handle-answer.command.js';
import { HandleDialOutcomeCommand } from '../../commands/handle-dial-outcome/handle-dial-outcome.command.js';
import { HandleHangupCommand } from '../../commands/handle-hangup/handle-hangup.command.js';
import { HandleResolutionCommand } from '../../commands/handle-resolution/handle-resolution.command.js';
import { HandleRingingCommand } from '../../commands/handle-ringing/handle-ringing.command.js';
import { HangupOthersCommand } from '../../commands/hangup-others/hangup-others.command.js';
import { HangupCommand } from '../../commands/hangup/hangup.command.js';
import type { DialOutcome } from '../../domain/dial-outcome.js';
import type { Resolution } from '../../domain/resolution.js';
import type { LegHangupReason } from '../../domain/status.js';
import type { TreeCommand } from '../../domain/tree-command.js';
import type { TreeState } from '../../domain/tree-state.js';
import type { TreeLimits } from '../../domain/turn.js';
import { uuidOf } from './destinations.js';
import { groupcallNamed, legNamed, resolvingNamed, ROOT } from './names.js';

/** What a step of a scenario does: lets time pass (ms), changes what is allowed, sends a command; in this order. */
export interface Happening {
  /** ms that go by. */
  readonly pass?: number;
  /** Other limits from now on. */
  readonly limits?: Partial<TreeLimits>;
  /** Whether the customer's limit allows another leg. */
  readonly mayPlanLegs?: boolean;
  /** What is asked of the tree then. */
  readonly command?: TreeCommand;
}

/** A step of a scenario, made when its turn comes: only then have legs and children their ids. */
export type Step = (moment: { readonly state: TreeState; readonly now: number }) => Happening;

/** The customer of every scenario. */
export const CUSTOMER = uuidOf('customer');

/** Somebody asks for these to be rung, all at once unless `how` says otherwise. */
export function create(
  destinations: DestinationInput[],
  how: Partial<Omit<CreateGroupcallInput, 'destinations'>> = {},
): Step {
  return () => ({ command: new CreateGroupcallCommand({ customerId: CUSTOMER, destinations, ...how }) });
}

/** Somebody asks for these to be rung one after the other. */
export function createLinear(
  destinations: DestinationInput[],
  how: Partial<Omit<CreateGroupcallInput, 'destinations'>> = {},
): Step {
  return create(destinations, { ringMethod: 'linear', ...how });
}

/** The gateway says that the phone rings. */
export function rings(name: string): Step {
  return ({ state }) => ({ command: new HandleRingingCommand({ legId: legNamed(state, name).id }) });
}

/** The gateway says that the phone was answered. */
export function answers(name: string): Step {
  return ({ state }) => ({ command: new HandleAnswerCommand({ legId: legNamed(state, name).id }) });
}

/** The gateway says that the call has ended. */
export function ends(name: string, reason: LegHangupReason = 'normal'): Step {
  return ({ state }) => ({ command: new HandleHangupCommand({ legId: legNamed(state, name).id, reason }) });
}

/** The relay says what became of the order to dial. */
export function dialWas(outcome: DialOutcome, name: string): Step {
  return ({ state }) => {
    const legId = legNamed(state, name).id;
    return { command: new HandleDialOutcomeCommand({ rootId: state.rootId, legId, outcome }) };
  };
}

/** The directory knows the agent or extension that is waiting. */
export function resolves(
  name: string,
  destinations: DestinationInput[],
  how: { ringMethod?: 'ring_all' | 'linear'; ownerId?: string } = {},
): Step {
  const { ringMethod = 'ring_all', ownerId } = how;
  // A directory's addresses are prepared like a request's, so that they may be written as briefly.
  const found = destinations as Extract<Resolution, { resolved: true }>['destinations'];
  return resolution(name, { resolved: true, ringMethod, destinations: found, ownerId });
}

/** The directory does not know the agent or extension that is waiting. */
export function cannotResolve(name: string, detail = 'nobody knows it'): Step {
  return resolution(name, { resolved: false, detail });
}

function resolution(name: string, answer: Resolution): Step {
  return ({ state }) => ({
    command: new HandleResolutionCommand({
      rootId: state.rootId,
      ...resolvingNamed(state, name),
      resolution: answer,
    }),
  });
}

/** Nothing happens for so long. */
export function passes(ms: number): Step {
  return () => ({ pass: ms });
}

/** So much time passes, and the alarm rings. */
export function alarmAfter(ms: number): Step {
  return ({ state, now }) => ({
    pass: ms,
    command: new HandleAlarmCommand({ rootId: state.rootId, now: now + ms }),
  });
}

/** Somebody asks for the groupcall to be hung up. */
export function hangup(name = ROOT): Step {
  return ({ state }) => ({ command: new HangupCommand({ groupcallId: groupcallNamed(state, name).id }) });
}

/** Somebody asks that only the winner be kept. */
export function hangupOthers(name = ROOT): Step {
  return ({ state }) => ({
    command: new HangupOthersCommand({ groupcallId: groupcallNamed(state, name).id }),
  });
}

/** Somebody asks for the groupcall to be deleted. */
export function remove(name = ROOT): Step {
  return ({ state }) => ({
    command: new DeleteGroupcallCommand({ groupcallId: groupcallNamed(state, name).id }),
  });
}

/** Any command, when the sentences above have no words for it. */
export function send(command: TreeCommand | ((state: TreeState) => TreeCommand)): Step {
  return ({ state }) => ({ command: typeof command === 'function' ? command(state) : command });
}

/** From here on only so much is allowed. */
export function limited(limits: Partial<TreeLimits>): Step {
  return () => ({ limits });
}

/** From here on the customer has no live legs left. */
export const noLegsLeft: Step = () => ({ mayPlanLegs: false });
