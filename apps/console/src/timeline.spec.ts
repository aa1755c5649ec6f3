import { NEVER } from '@groupcall/shared';
import { describe as inWords, marksOf, placeOf, segmentsOf, spanOf } from './timeline.js';
import { groupcallOf, legOf, START, tm, treeOf } from './testing/tree.js';

const at = (seconds: number) => START + seconds * 1_000;
const root = groupcallOf('root', [{ kind: 'leg', id: 'Ann' }]);

describe('the timeline', () => {
  it('ends at a round number behind the end, or behind now', () => {
    const ended = treeOf([root], [legOf('Ann', { tm_hangup: tm(12.3) })], { phase: 'ended' });
    expect(spanOf(ended, at(500))).toEqual({ from: at(0), to: at(14), step: 2_000 });
    const live = treeOf([root], [legOf('Ann', { status: 'ringing' })]);
    expect(spanOf(live, at(61))).toEqual({ from: at(0), to: at(70), step: 10_000 });
  });

  it('has few marks, however long it is', () => {
    const tree = treeOf([root], []);
    for (const seconds of [0, 0.4, 9, 75, 700, 10_000, 1_000_000]) {
      const marks = marksOf(spanOf(tree, at(seconds)));
      expect(marks.length).toBeGreaterThan(1);
      expect(marks.length).toBeLessThanOrEqual(10);
    }
    expect(
      marksOf(spanOf(tree, at(61)))
        .map(({ label }) => label)
        .slice(0, 3),
    ).toEqual(['0', '10 s', '20 s']);
    expect(
      marksOf(spanOf(tree, at(200)))
        .map(({ label }) => label)
        .slice(0, 3),
    ).toEqual(['0', '30 s', '1 min']);
  });

  it('puts a moment where it belongs, and never outside', () => {
    const span = { from: at(0), to: at(10), step: 1_000 };
    expect([at(-5), at(2.5), at(99)].map((moment) => placeOf(moment, span))).toEqual([0, 25, 100]);
  });
});

describe('the bar of a leg', () => {
  const parts = (change: Parameters<typeof legOf>[1], tree = {}, now = 10) => {
    const leg = legOf('Ann', change);
    const winner = legOf('Bob', { tm_answer: tm(4) });
    return segmentsOf(treeOf([root], [leg, winner], tree), leg, at(now)).map(
      ({ kind, from, to }) => `${kind} ${(from - START) / 1_000}–${(to - START) / 1_000}`,
    );
  };

  it('has a part for each thing that happened', () => {
    expect(parts({ tm_dial: tm(0.5), tm_ringing: tm(1), tm_answer: tm(4), tm_hangup: tm(9) })).toEqual([
      'planned 0–0.5',
      'dialling 0.5–1',
      'ringing 1–4',
      'talking 4–9',
    ]);
  });

  it('grows until now while the leg lives', () => {
    expect(parts({ status: 'ringing', tm_create: tm(2), tm_dial: tm(2), tm_ringing: tm(3) })).toEqual([
      'dialling 2–3',
      'ringing 3–10',
    ]);
  });

  it('shows how long a hangup took', () => {
    expect(
      parts(
        { hangup_reason: 'answered_elsewhere', hangup_by: 'local', tm_hangup: tm(4.5) },
        { winner_call_id: 'Bob' },
      ),
    ).toEqual(['dialling 0–0.1', 'ringing 0.1–4', 'ending 4–4.5']);
    expect(
      parts({ hangup_reason: 'dialout', hangup_by: 'local', dial_deadline: tm(5), tm_hangup: tm(5.2) }),
    ).toEqual(['dialling 0–0.1', 'ringing 0.1–5', 'ending 5–5.2']);
  });

  it('of a leg that was never dialled is a plan', () => {
    expect(parts({ tm_dial: NEVER, tm_ringing: NEVER, tm_hangup: tm(3) })).toEqual(['planned 0–3']);
  });

  it('can be heard', () => {
    const leg = legOf('Ann', { tm_ringing: tm(1), tm_hangup: tm(3) });
    expect(inWords(segmentsOf(treeOf([root], [leg]), leg, at(9)), START)).toBe(
      'from 0.0 s after the start: dialled for 1.0 s, rang for 2.0 s',
    );
  });
});
