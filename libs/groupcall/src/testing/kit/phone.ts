import type { LegHangupReason } from '../../domain/status.js';

/** What a phone does when it is called; all durations in ms after the call was placed. */
export interface PhoneScript {
  /** `accept` (missing): places the call. `refuse`: can never be placed. `no_reply`: places nothing and never answers. `reply_lost`: places the call, but never answers. */
  readonly dial?: 'accept' | 'refuse' | 'no_reply' | 'reply_lost';
  /** Until the gateway says that it rings; missing: at once. Infinity: it never says so. */
  readonly ringsAfter?: number;
  /** Until somebody picks up; missing: nobody does. */
  readonly answersAfter?: number;
  /** From the answer until this phone hangs up; missing: it talks until it is hung up. */
  readonly talksFor?: number;
  /** Ends by itself without an answer. */
  readonly endsAfter?: number;
  /** With `endsAfter`: why. */
  readonly reason?: LegHangupReason;
  /** Answers at the very moment at which it is hung up. */
  readonly answersOnHangup?: boolean;
}

/** Somebody picks up. @param talksFor missing: until hung up */
export const answersAfter = (ms: number, talksFor?: number): PhoneScript => ({ answersAfter: ms, talksFor });
/** The line is busy. */
export const busyAfter = (ms = 0): PhoneScript => ({ endsAfter: ms, reason: 'busy' });
/** Somebody declines. */
export const rejectsAfter = (ms = 0): PhoneScript => ({ endsAfter: ms, reason: 'rejected' });
/** The network gives up. */
export const failsAfter = (ms = 0): PhoneScript => ({ endsAfter: ms, reason: 'failed' });
/** Nobody picks up, ever. What every phone does that has no script. */
export const ringsForever: PhoneScript = {};
/** The gateway says that it can never be placed. */
export const refused: PhoneScript = { dial: 'refuse' };
/** The gateway never says a word about it, and places nothing. */
export const noReply: PhoneScript = { dial: 'no_reply' };
/** The gateway places the call and its reply gets lost, each time. */
export const replyLost: PhoneScript = { dial: 'reply_lost' };
/** Nobody picks up, until the moment of the hangup: then somebody does (a CANCEL that crosses the 200). */
export const answersOnHangup: PhoneScript = { answersOnHangup: true };
