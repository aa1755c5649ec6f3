import type { LegResource, Slot } from '@groupcall/groupcall/resources';
import { NEVER } from '@groupcall/shared';
import { explainDestination } from './explain.js';
import { groupcallOf, legOf, tm, treeOf } from './testing/tree.js';

describe('why a destination was or was not rung', () => {
  const winner = legOf('Winner', { status: 'progressing', hangup_reason: '', tm_answer: tm(4) });
  const explain = (
    slot: Slot,
    change: Parameters<typeof treeOf>[2] = {},
    groupcall = {},
    index = 0,
    legs: LegResource[] = [],
  ) => {
    const slots: Slot[] = [
      ...Array.from({ length: index }, (): Slot => ({ kind: 'leg', id: 'Earlier' })),
      slot,
    ];
    const node = groupcallOf('root', slots, groupcall);
    return explainDestination(treeOf([node], [winner, ...legs], change), node, index).text;
  };
  const explainLeg = (change: Partial<LegResource>, tree = {}) =>
    explain({ kind: 'leg', id: 'Ann' }, tree, {}, 0, [legOf('Ann', change)]);

  it.each<[string, string, () => string]>([
    [
      'waits',
      'Waits: its turn comes when number 2 has ended.',
      () => explain({ kind: 'waiting' }, {}, {}, 2),
    ],
    [
      'was passed over',
      'Passed over: the call had been answered before its turn came.',
      () => explain({ kind: 'waiting' }, { winner_call_id: 'Winner' }),
    ],
    [
      'came too late for a hangup',
      'Never rung: the groupcall was hung up before its turn came.',
      () => explain({ kind: 'waiting' }, {}, { status: 'hangup', hangup_reason: 'cancel' }),
    ],
    ['is being looked up', 'Being looked up in the directory.', () => explain({ kind: 'resolving' })],
    [
      'could not be resolved',
      'Not rung: the directory does not know extension 404.',
      () => explain({ kind: 'failed', detail: 'the directory does not know extension 404' }),
    ],
    [
      'is about to be dialled',
      'About to be dialled.',
      () => explainLeg({ status: 'planned', hangup_reason: '', tm_dial: NEVER, tm_ringing: NEVER }),
    ],
    ['rings', 'Rings, for 30 s at most.', () => explainLeg({ status: 'ringing', hangup_reason: '' })],
    [
      'talks',
      'Answered after 4.0 s and won. Talking.',
      () => explain({ kind: 'leg', id: 'Winner' }, { winner_call_id: 'Winner' }),
    ],
    [
      'won and has ended',
      'Answered after 4.0 s and won. Talked for 6.0 s, ended by the far end.',
      () => explainLeg({ tm_answer: tm(4), tm_hangup: tm(10) }, { winner_call_id: 'Ann' }),
    ],
    [
      'answered too late',
      'Answered after 5.0 s, too late to win: hung up.',
      () =>
        explainLeg(
          { tm_answer: tm(5), tm_hangup: tm(6), hangup_reason: 'answered_elsewhere' },
          { winner_call_id: 'Winner' },
        ),
    ],
    [
      'lost',
      'Hung up after ringing for 4.0 s: Winner had answered.',
      () =>
        explainLeg({ tm_hangup: tm(4.1), hangup_reason: 'answered_elsewhere' }, { winner_call_id: 'Winner' }),
    ],
    [
      'lost before it was dialled',
      'Not dialled any more: somebody else had answered.',
      () =>
        explainLeg(
          { tm_dial: NEVER, tm_ringing: NEVER, tm_hangup: tm(4), hangup_reason: 'answered_elsewhere' },
          { winner_call_id: 'Winner' },
        ),
    ],
    [
      'was busy',
      'Was busy after ringing for 0.9 s.',
      () => explainLeg({ tm_hangup: tm(1), hangup_reason: 'busy' }),
    ],
    [
      'rang out',
      'Rang out: nobody answered within 30 s.',
      () => explainLeg({ tm_hangup: tm(30.1), hangup_reason: 'dialout', hangup_by: 'local' }),
    ],
    [
      'was refused',
      'Could not be placed: the gateway refused it.',
      () => explainLeg({ tm_dial: NEVER, tm_ringing: NEVER, tm_hangup: tm(1), hangup_reason: 'failed' }),
    ],
  ])('%s', (_, text, explained) => {
    expect(explained()).toBe(text);
  });

  it('says of an order that failed how often it was tried', () => {
    const order = {
      id: '1',
      kind: 'dial',
      call_id: 'Ann',
      event_type: null,
      status: 'pending',
      attempts: 3,
      last_error: 'no route',
      tm_create: tm(0),
      tm_next: tm(5),
    } as const;
    const text = explainLeg(
      { status: 'planned', hangup_reason: '', tm_dial: NEVER, tm_ringing: NEVER },
      { pending: [order] },
    );
    expect(text).toBe('Not dialled yet: 3 tries failed and the next one follows.');
  });

  it('speaks of a group as of a whole', () => {
    const child = (change: object) => {
      const inner = groupcallOf('child', [{ kind: 'leg', id: 'Winner' }], change);
      const outer = groupcallOf('root', [{ kind: 'child', id: 'child' }]);
      return explainDestination(treeOf([outer, inner], [winner], { winner_call_id: 'Winner' }), outer, 0)
        .text;
    };
    expect(child({ answer_call_id: 'Winner' })).toBe('Won: Winner answered.');
    expect(child({ call_count: 2 })).toBe('2 live calls in it.');
    expect(child({ status: 'hangup', hangup_reason: 'busy' })).toBe('Nobody answered: busy.');
    expect(child({ status: 'hangup', hangup_reason: 'normal' })).toBe('Ended: Winner had answered.');
  });
});
