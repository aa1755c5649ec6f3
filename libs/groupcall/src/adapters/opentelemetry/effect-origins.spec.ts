import type { Effect } from '../../domain/effect.js';
import { EffectOrigins } from './effect-origins.js';

const origin = (n: number) => ({
  command: { traceId: 'a', spanId: String(n), traceFlags: 1 },
  turn: { traceId: 'a', spanId: 'turn', traceFlags: 1 },
});
const dial = (n: number): Effect => ({ kind: 'dial', lane: `leg-${n}`, legId: `leg-${n}` });

describe('What has led to an effect', () => {
  it('is found by what the effect is about, also when it was read again', () => {
    const origins = new EffectOrigins();
    origins.set(dial(1), origin(1));
    origins.set({ kind: 'hangup', lane: 'leg-1', legId: 'leg-1', reason: 'cancel' }, origin(2));
    expect(origins.get(dial(1))).toEqual(origin(1));
    origins.forget(dial(1));
    expect(origins.get(dial(1))).toBeUndefined();
    expect(origins.size).toBe(1);
  });

  it('is kept of the latest twenty thousand', () => {
    const origins = new EffectOrigins();
    for (let n = 0; n < 20_005; n += 1) origins.set(dial(n), origin(n));
    expect(origins.size).toBe(20_000);
    expect(origins.get(dial(4))).toBeUndefined();
    expect(origins.get(dial(20_004))).toEqual(origin(20_004));
  });
});
