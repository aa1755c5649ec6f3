import { OutboxSignal, type EffectTaker } from './outbox-signal.js';

const taker = (hasAudience: boolean): EffectTaker => ({
  hasAudience,
  hold: () => null,
  take: () => undefined,
});

describe('Events in a process', () => {
  it('are kept where effects are carried out elsewhere: somebody may listen there', () => {
    expect(new OutboxSignal().isSilent).toBe(false);
  });

  it('are kept as long as anybody listens to those that are carried out here, and not otherwise', () => {
    const signal = new OutboxSignal();
    signal.onHeld(taker(true));
    expect(signal.isSilent).toBe(false);
    signal.onHeld(taker(false));
    expect(signal.isSilent).toBe(true);
    // Stopped: what is committed now is for others.
    signal.onHeld(null);
    expect(signal.isSilent).toBe(false);
  });
});
