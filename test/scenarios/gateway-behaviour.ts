import type { GatewayCallState, LegHangupReason, OutgoingCall } from '@groupcall/groupcall';

/**
 * What the gateway makes of a dial. `accept`: has the call at once. `refuse`: the permanent no. `silent`: never hears
 * the order, the caller gets an error that means *unknown*. `reply_lost`: places the call, but the caller gets that
 * same error. `held`: places the call and answers only after `release`.
 */
export const DIAL_BEHAVIOURS = ['accept', 'refuse', 'silent', 'reply_lost', 'held'] as const;
export type DialBehaviour = (typeof DIAL_BEHAVIOURS)[number];

/**
 * What the gateway makes of a hangup of a living call. `confirm`: ends it and notifies. `by_hand`: takes the order,
 * the end comes when the test says so. `silent`, `reply_lost`: as for a dial. `answer`: the far end answers at the
 * very moment of the first hangup (a CANCEL that crosses the 200); the next one is confirmed.
 */
export const HANGUP_BEHAVIOURS = ['confirm', 'by_hand', 'silent', 'reply_lost', 'answer'] as const;
export type HangupBehaviour = (typeof HANGUP_BEHAVIOURS)[number];

export interface CallBehaviour {
  readonly dial: DialBehaviour;
  readonly hangup: HangupBehaviour;
}

/** @param call only when it is dialled */
export type BehaviourOf = (
  id: string,
  call?: OutgoingCall,
) => Partial<CallBehaviour> | Promise<Partial<CallBehaviour>>;

/** An order that reached the gateway, in the order of arrival. */
export type GatewayOrder =
  | {
      readonly kind: 'dial';
      readonly id: string;
      readonly outcome: 'placed' | 'known' | 'refused';
      readonly call: OutgoingCall;
    }
  | {
      readonly kind: 'hangup';
      readonly id: string;
      readonly found: GatewayCallState;
      readonly reason: LegHangupReason;
    };

/** Nobody answered in time: the outcome is unknown. */
export class NoReply extends Error {
  override readonly name = 'NoReply';
}

/** Where notifications go. */
export interface GatewayListener {
  ringing(id: string): Promise<unknown>;
  answered(id: string): Promise<unknown>;
  ended(id: string, reason: LegHangupReason): Promise<unknown>;
}
