import type { Address } from '@groupcall/address';
import type { Destination } from './destination.js';
import type {
  AnswerMethod,
  GroupcallHangupReason,
  GroupcallStatus,
  HangupBy,
  LegHangupReason,
  LegStatus,
  OwnerType,
  RingMethod,
} from './status.js';

/** What became of `destinations[i]` of a groupcall; slots and destinations have the same length and order. */
export type Slot =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'resolving' }
  | { readonly kind: 'leg'; readonly id: string }
  | { readonly kind: 'child'; readonly id: string }
  | { readonly kind: 'failed'; readonly detail: string };

/** One groupcall of a tree. Moments are epoch ms, null = not yet. Objects are never changed, only replaced (evolve). */
export interface GroupcallState {
  readonly id: string;
  readonly customerId: string;
  readonly ownerType: OwnerType;
  readonly ownerId: string;
  readonly status: GroupcallStatus;
  readonly flowId: string;
  readonly source: Address;
  readonly destinations: readonly Destination[];
  readonly slots: readonly Slot[];
  readonly masterCallId: string;
  readonly masterGroupcallId: string;
  /** Index in the parent's destinations; 0 for a root. */
  readonly destinationIndex: number;
  readonly ringMethod: RingMethod;
  readonly answerMethod: AnswerMethod;
  readonly answerCallId: string;
  readonly answerGroupcallId: string;
  /** Legs of this groupcall that have not ended. Follows from the legs; kept by evolve. */
  readonly callCount: number;
  /** Children of this groupcall that have not ended. Follows from the children; kept by evolve. */
  readonly groupcallCount: number;
  readonly dialIndex: number;
  /** Ring time per leg, ms. */
  readonly dialTimeout: number;
  readonly hangupReason: GroupcallHangupReason;
  /** `agent <id>` or `extension <name>` when made by resolving such a destination, else empty. Cycles are found by it. */
  readonly origin: string;
  readonly tmCreate: number;
  readonly tmUpdate: number;
  readonly tmDelete: number | null;
}

/** One call placed (or to be placed) for one destination. */
export interface LegState {
  readonly id: string;
  readonly groupcallId: string;
  readonly customerId: string;
  readonly source: Address;
  readonly destination: Destination;
  readonly destinationIndex: number;
  readonly status: LegStatus;
  readonly hangupReason: LegHangupReason | '';
  readonly hangupBy: HangupBy;
  readonly tmCreate: number;
  readonly tmDial: number | null;
  readonly tmRinging: number | null;
  readonly tmAnswer: number | null;
  readonly tmHangup: number | null;
  /** The moment at which an unanswered leg is hung up with `dialout`. */
  readonly dialDeadline: number;
}

/**
 * Everything that is decided together: a root groupcall, its nested groupcalls and all their legs (DESIGN, decision 1).
 * `version` 0 means nothing is stored yet. Maps are in order of creation.
 */
export interface TreeState {
  readonly rootId: string;
  readonly customerId: string;
  /** What the ids of its legs and children begin with (member-id.ts); empty before its first command. */
  readonly base: string;
  readonly version: number;
  /** Number of the last public event of this tree. */
  readonly eventSequence: number;
  readonly winnerLegId: string | null;
  /** Answers that arrived after their leg had ended (SPEC 4.4). */
  readonly lateAnswers: number;
  readonly groupcalls: ReadonlyMap<string, GroupcallState>;
  readonly legs: ReadonlyMap<string, LegState>;
}

/** A tree before its first command. */
export function emptyTree(rootId: string, customerId: string): TreeState {
  return {
    rootId,
    customerId,
    base: '',
    version: 0,
    eventSequence: 0,
    winnerLegId: null,
    lateAnswers: 0,
    groupcalls: new Map(),
    legs: new Map(),
  };
}

/** The phone may still ring or be placed: neither answered, nor ended, nor being hung up. */
export function isUndecided(leg: Pick<LegState, 'status'>): boolean {
  return leg.status === 'planned' || leg.status === 'dialing' || leg.status === 'ringing';
}

/** The next moment at which the tree must act by itself, or null: the earliest deadline of an undecided leg. */
export function nextAlarmOf(state: TreeState): number | null {
  let next = Infinity;
  for (const leg of state.legs.values())
    if (isUndecided(leg) && leg.dialDeadline < next) next = leg.dialDeadline;
  return next === Infinity ? null : next;
}

/** Legs of the tree that have not ended: what the customer's limit counts. */
export function liveLegsOf(state: TreeState): number {
  let live = 0;
  state.groupcalls.forEach((groupcall) => {
    live += groupcall.callCount;
  });
  return live;
}
