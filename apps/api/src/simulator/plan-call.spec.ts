import { planCall } from './plan-call.js';

const limits = { ringTimeout: 40_000, maxDuration: 3_600_000 };
const NOW = 1_000_000;

describe('The plan of a simulated call', () => {
  it('rings until the ring timeout when nobody is to answer', () => {
    expect(planCall(limits, { does: 'ring', answersOnCancel: false }, NOW)).toEqual({
      rings: true,
      nextStep: 'end',
      nextReason: 'noanswer',
      nextAt: NOW + 40_000,
      talkTime: 3_600_000,
      answersOnCancel: false,
    });
  });

  it('answers when the script says so, and talks as long as it says', () => {
    const plan = planCall(limits, { does: 'answer', after: 2_000, talk: 5_000 }, NOW);
    expect(plan).toMatchObject({
      nextStep: 'answer',
      nextReason: null,
      nextAt: NOW + 2_000,
      talkTime: 5_000,
    });
  });

  it('never talks longer than the gateway allows', () => {
    expect(planCall(limits, { does: 'answer', after: 0, talk: 9_000_000 }, NOW).talkTime).toBe(3_600_000);
    expect(planCall(limits, { does: 'answer', after: 0, talk: null }, NOW).talkTime).toBe(3_600_000);
  });

  it('has no answer when the ring timeout comes first', () => {
    const plan = planCall(limits, { does: 'answer', after: 40_000, talk: null }, NOW);
    expect(plan).toMatchObject({ nextStep: 'end', nextReason: 'noanswer', nextAt: NOW + 40_000 });
  });

  it('does not ring when the line is busy at once, but rings when it is later', () => {
    expect(planCall(limits, { does: 'end', after: 0, reason: 'busy' }, NOW)).toMatchObject({
      rings: false,
      nextAt: NOW,
    });
    expect(planCall(limits, { does: 'end', after: 10, reason: 'rejected' }, NOW)).toMatchObject({
      rings: true,
      nextReason: 'rejected',
      nextAt: NOW + 10,
    });
  });
});
