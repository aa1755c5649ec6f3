import { prepared } from './prepared.js';

function begin() {
  const clock = { now: 1_000_000 };
  const statement = prepared('commit', 'SELECT 1', () => clock.now);
  const names = new Set<string>();
  /** @returns how often it has been planned so far */
  const use = (rows: number, ms = 1) => {
    names.add(statement.name(rows));
    statement.took(ms);
    return names.size;
  };
  return { clock, use };
}

describe('A prepared statement', () => {
  it('is planned anew when four times as many rows have gone through it, and no more when there were many', () => {
    const { use } = begin();
    expect([use(1), use(2), use(1), use(12), use(1), use(47), use(1)]).toEqual([1, 1, 2, 3, 3, 4, 4]);
    const many = use(4 ** 12);
    expect(use(4 ** 15)).toBe(many);
  });

  it('is planned anew when it has become slow, and then not again for longer and longer', () => {
    const { clock, use } = begin();
    const slowly = () => [use(0, 300), use(0, 250), use(0, 9_000), use(0)].at(-1);
    expect([use(1), slowly()]).toEqual([1, 2]);
    for (const [patience, plans] of [
      [5_000, 3],
      [10_000, 4],
      [20_000, 5],
    ]) {
      clock.now += patience - 1;
      expect(slowly()).toBe(plans - 1);
      clock.now += 1;
      expect(slowly()).toBe(plans);
    }
  });

  it('is not planned anew for single uses that are slow', () => {
    const { clock, use } = begin();
    for (let hour = 0; hour < 24; hour += 1) {
      expect([use(0, 400), use(0, 400), use(0, 249)]).toEqual([1, 1, 1]);
      clock.now += 3_600_000;
    }
  });

  it('is planned anew as soon as the first time when it has been fast for a while', () => {
    const { clock, use } = begin();
    const slow = () => [use(0, 300), use(0, 300), use(0, 300), use(0)].at(-1);
    for (let time = 0; time < 50; time += 1) {
      slow();
      clock.now += 300_000;
    }
    const plans = slow()!;
    expect(plans).toBeGreaterThan(40);
    for (let time = 0; time < 100; time += 1) use(0);
    clock.now += 300_000;
    expect(slow()).toBe(plans + 1);
    clock.now += 5_000;
    expect(slow()).toBe(plans + 2);
  });

  it('has another name for another text', () => {
    expect(prepared('commit', 'SELECT 1').name(1)).not.toBe(prepared('commit', 'SELECT 2').name(1));
  });
});
