import type { Destination } from './destination.js';
import type { GroupcallHangupReason, HangupBy, LegHangupReason, OwnerType, RingMethod } from './status.js';
import type { GroupcallState } from './tree-state.js';

/** What a new groupcall is made of; everything else starts empty. */
export type GroupcallSpec = Pick<
  GroupcallState,
  | 'id'
  | 'customerId'
  | 'ownerType'
  | 'ownerId'
  | 'flowId'
  | 'source'
  | 'destinations'
  | 'masterCallId'
  | 'masterGroupcallId'
  | 'destinationIndex'
  | 'ringMethod'
  | 'answerMethod'
  | 'dialTimeout'
  | 'origin'
>;

/** Facts about a tree. Only `evolve` gives them an effect on state; `at` is epoch ms by the database's clock. */
export type TreeEvent =
  | {
      readonly type: 'groupcall_planned';
      readonly at: number;
      readonly spec: GroupcallSpec;
      /** Of the root alone: what the ids of the tree's members begin with. */
      readonly base?: string;
    }
  | {
      readonly type: 'groupcall_resolved';
      readonly at: number;
      readonly groupcallId: string;
      readonly ringMethod: RingMethod;
      readonly destinations: readonly Destination[];
      readonly ownerType: OwnerType;
      readonly ownerId: string;
      readonly origin: string;
    }
  | {
      readonly type: 'groupcall_answered';
      readonly at: number;
      readonly groupcallId: string;
      /** Exactly one of the two is not nil: the leg on the winner's own groupcall, the child above it. */
      readonly answerCallId: string;
      readonly answerGroupcallId: string;
    }
  | { readonly type: 'groupcall_hangingup'; readonly at: number; readonly groupcallId: string }
  | {
      readonly type: 'groupcall_ended';
      readonly at: number;
      readonly groupcallId: string;
      readonly reason: GroupcallHangupReason;
    }
  | { readonly type: 'groupcall_deleted'; readonly at: number; readonly groupcallId: string }
  | {
      readonly type: 'slot_resolving';
      readonly at: number;
      readonly groupcallId: string;
      readonly index: number;
    }
  | {
      readonly type: 'slot_failed';
      readonly at: number;
      readonly groupcallId: string;
      readonly index: number;
      readonly detail: string;
    }
  | {
      readonly type: 'leg_planned';
      readonly at: number;
      readonly legId: string;
      readonly groupcallId: string;
      readonly index: number;
      readonly deadline: number;
    }
  | { readonly type: 'leg_dialed'; readonly at: number; readonly legId: string; readonly deadline: number }
  | { readonly type: 'leg_ringing'; readonly at: number; readonly legId: string }
  | { readonly type: 'leg_answered'; readonly at: number; readonly legId: string }
  | {
      readonly type: 'leg_hangingup';
      readonly at: number;
      readonly legId: string;
      readonly reason: LegHangupReason;
      /** The leg answered, but too late: the moment is kept for the bill. */
      readonly answered: boolean;
    }
  | {
      readonly type: 'leg_ended';
      readonly at: number;
      readonly legId: string;
      readonly reason: LegHangupReason;
      readonly by: HangupBy;
    }
  | { readonly type: 'late_answer'; readonly at: number; readonly legId: string };
