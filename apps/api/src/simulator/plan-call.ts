import type { LegHangupReason, OutgoingCall } from '@groupcall/groupcall';
import type { CallScript } from './call-script.js';

/** What happens to a new call by itself. Moments are epoch ms. */
export interface CallPlan {
  /** An immediate `busy` or `reject` never rings; every other call does at once. */
  readonly rings: boolean;
  readonly nextStep: 'answer' | 'end';
  /** Only for `end`. */
  readonly nextReason: LegHangupReason | null;
  readonly nextAt: number;
  /** ms from the answer, whoever gives it, to the end: the script's, or the longest a call may last. */
  readonly talkTime: number;
  readonly answersOnCancel: boolean;
}

/**
 * A call has one next step at a time: before the answer the earlier of script and ring timeout, after it the earlier
 * of the script's hangup and the maximal duration. The dead-man switch is thereby part of the call, not of a watcher.
 */
export function planCall(
  call: Pick<OutgoingCall, 'ringTimeout' | 'maxDuration'>,
  script: Exclude<CallScript, { does: 'refuse' }>,
  now: number,
): CallPlan {
  const rest = {
    rings: !(script.does === 'end' && script.after === 0),
    talkTime: Math.min(
      script.does === 'answer' && script.talk !== null ? script.talk : Infinity,
      call.maxDuration,
    ),
    answersOnCancel: script.does === 'ring' && script.answersOnCancel,
  };
  if (script.does === 'ring' || script.after >= call.ringTimeout) {
    return { ...rest, nextStep: 'end', nextReason: 'noanswer', nextAt: now + call.ringTimeout };
  }
  const nextAt = now + script.after;
  return script.does === 'answer'
    ? { ...rest, nextStep: 'answer', nextReason: null, nextAt }
    : { ...rest, nextStep: 'end', nextReason: script.reason, nextAt };
}
