import type {
  GroupcallHangupReason,
  LegHangupReason,
  LegStatus,
  RingMethod,
} from '@groupcall/groupcall/resources';
import type { Phase } from '@groupcall/api/console';

/** The field's terms in words. A missing one does not compile. */
export const PHASE_WORDS: Record<Phase, string> = {
  ringing: 'Ringing',
  talking: 'Talking',
  hangingup: 'Hanging up',
  ended: 'Ended',
};

export const RING_METHOD_WORDS: Record<RingMethod, string> = {
  ring_all: 'all at once',
  linear: 'one after the other',
};

export const OUTCOME_WORDS: Record<Exclude<GroupcallHangupReason, ''>, string> = {
  normal: 'Answered',
  cancel: 'Cancelled',
  dialout: 'Rang out',
  noanswer: 'No answer',
  busy: 'Busy',
  rejected: 'Rejected',
  failed: 'Failed',
};

export const LEG_STATUS_WORDS: Record<LegStatus, string> = {
  planned: 'Planned',
  dialing: 'Dialling',
  ringing: 'Ringing',
  progressing: 'Talking',
  hangingup: 'Hanging up',
  hangup: 'Ended',
};

export const LEG_REASON_WORDS: Record<LegHangupReason, string> = {
  normal: 'Normal end',
  busy: 'Busy',
  noanswer: 'No answer',
  cancel: 'Cancelled',
  dialout: 'Rang out',
  failed: 'Failed',
  answered_elsewhere: 'Answered elsewhere',
  rejected: 'Rejected',
};
