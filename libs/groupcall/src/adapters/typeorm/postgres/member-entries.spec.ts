import {
  GROUPCALL_STATUSES,
  LEG_HANGUP_REASONS,
  LEG_STATUSES,
  UNANSWERED_REASONS,
} from '../../../domain/status.js';
import {
  codeOf,
  GROUPCALL_STATUS_CODES,
  HANGUP_BY_CODES,
  HANGUP_REASON_CODES,
  LEG_STATUS_CODES,
} from './member-entries.js';

describe('the words that are stored by their places', () => {
  it('are all that there are', () => {
    expect(GROUPCALL_STATUS_CODES).toEqual(expect.arrayContaining([...GROUPCALL_STATUSES]));
    expect(LEG_STATUS_CODES).toEqual(expect.arrayContaining([...LEG_STATUSES]));
    expect(HANGUP_REASON_CODES).toEqual(
      expect.arrayContaining(['', 'cancel', ...LEG_HANGUP_REASONS, ...UNANSWERED_REASONS]),
    );
  });

  it('have their places for good: databases are full of them', () => {
    expect(GROUPCALL_STATUS_CODES.join()).toBe('progressing,hangingup,hangup');
    expect(LEG_STATUS_CODES.join()).toBe('planned,dialing,ringing,progressing,hangingup,hangup');
    expect(HANGUP_REASON_CODES.join()).toBe(
      ',normal,busy,noanswer,cancel,dialout,failed,answered_elsewhere,rejected',
    );
    expect(HANGUP_BY_CODES.join()).toBe(',local,remote');
  });

  it('are refused when they have none', () => {
    expect(() => codeOf(LEG_STATUS_CODES, 'gone' as never)).toThrow('"gone" is no word');
  });
});
