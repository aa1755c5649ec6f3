/** The vocabulary of SPEC 2 and 3. Every list is the only home of its words. */

export const RING_METHODS = ['ring_all', 'linear'] as const;
export type RingMethod = (typeof RING_METHODS)[number];

export const ANSWER_METHODS = ['hangup_others', ''] as const;
/** `''` keeps the first answer and leaves the other phones alone. */
export type AnswerMethod = (typeof ANSWER_METHODS)[number];

export const GROUPCALL_STATUSES = ['progressing', 'hangingup', 'hangup'] as const;
/** Only moves forward; `progressing` covers ringing and talking. */
export type GroupcallStatus = (typeof GROUPCALL_STATUSES)[number];

/** In order of precedence for an unanswered groupcall with mixed reasons (SPEC 2). */
export const UNANSWERED_REASONS = ['dialout', 'noanswer', 'busy', 'rejected', 'failed'] as const;
export type UnansweredReason = (typeof UNANSWERED_REASONS)[number];

export type GroupcallHangupReason = '' | 'normal' | 'cancel' | UnansweredReason;

export const LEG_STATUSES = ['planned', 'dialing', 'ringing', 'progressing', 'hangingup', 'hangup'] as const;
/** Only moves forward and may skip. */
export type LegStatus = (typeof LEG_STATUSES)[number];

export const LEG_HANGUP_REASONS = [
  'normal',
  'busy',
  'noanswer',
  'cancel',
  'dialout',
  'failed',
  'answered_elsewhere',
  'rejected',
] as const;
export type LegHangupReason = (typeof LEG_HANGUP_REASONS)[number];

/** Who ended the leg: we (`local`), the far end (`remote`), or nobody yet. */
export type HangupBy = '' | 'local' | 'remote';

export type OwnerType = '' | 'agent';
