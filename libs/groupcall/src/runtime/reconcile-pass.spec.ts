import { ReconcilePass } from './reconcile-pass.js';

const items = Array.from({ length: 300 }, (_, index) => index);

describe('A look at everything', () => {
  it('goes on past what fails, and tells it in one line', async () => {
    const pass = new ReconcilePass();
    const looked: number[] = [];
    await pass.each(items, async (item) => {
      if (item % 10 === 0) throw new Error(`item ${item} is broken`);
      looked.push(item);
    });
    expect(looked).toEqual(items.filter((item) => item % 10 !== 0));
    expect(pass.isCutShort).toBe(false);
    expect(pass.trouble).toBe(
      '30 calls could not be compared with the gateway; the next look tries again. The first: Error: item 0 is broken',
    );
  });

  it('goes on past what throws before it returns a promise', async () => {
    const pass = new ReconcilePass();
    let looked = 0;
    await pass.each(items, (item) => {
      if (item === 7) throw new Error('at once');
      looked += 1;
      return Promise.resolve();
    });
    expect(looked).toBe(299);
  });

  it('has nothing to tell when nothing failed', async () => {
    const pass = new ReconcilePass();
    await pass.each(items, () => Promise.resolve());
    expect(pass.trouble).toBeNull();
  });

  it('ends when too much fails: each may have waited for its time-out', async () => {
    const pass = new ReconcilePass();
    let looked = 0;
    const begun = await pass.each(items, () => {
      looked += 1;
      return Promise.reject(new Error('no answer'));
    });
    expect(looked).toBe(100);
    expect(begun).toBe(100);
    expect(pass.isCutShort).toBe(true);
    expect(pass.trouble).toContain('given up');
  });

  it('begins nothing more when the process ends', async () => {
    const ending = new AbortController();
    const pass = new ReconcilePass(ending.signal);
    let looked = 0;
    await pass.each(items, async () => {
      looked += 1;
      ending.abort();
    });
    expect(looked).toBe(20);
    expect(pass.isCutShort).toBe(true);
  });
});
