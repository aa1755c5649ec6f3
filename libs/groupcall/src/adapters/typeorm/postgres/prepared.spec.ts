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
    expect([use(1), use(0, 249), use(0, 250), use(0, 9_000), use(0)]).toEqual([1, 1, 1, 2, 2]);
    clock.now += 4_999;
    expect([use(0, 300), use(0)]).toEqual([2, 2]);
    clock.now += 1;
    expect([use(0, 300), use(0)]).toEqual([2, 3]);
    clock.now += 9_999;
    expect([use(0, 300), use(0)]).toEqual([3, 3]);
    clock.now += 1;
    expect([use(0, 300), use(0)]).toEqual([3, 4]);
  });

  it('has another name for another text', () => {
    expect(prepared('commit', 'SELECT 1').name(1)).not.toBe(prepared('commit', 'SELECT 2').name(1));
  });
});
