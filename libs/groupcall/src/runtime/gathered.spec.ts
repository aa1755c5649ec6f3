import { Gathered } from './gathered.js';

/** Questions whose answers are given by hand. */
function gated() {
  const asked: { keys: number[]; answer: () => void; fail: (error: Error) => void }[] = [];
  const gathered = new Gathered<number, string>(
    (keys) =>
      new Promise((resolve, reject) =>
        asked.push({ keys: [...keys], answer: () => resolve(keys.map(String)), fail: reject }),
      ),
  );
  return { asked, ask: (...keys: number[]) => keys.map((key) => gathered.ask(key)) };
}

const nextTick = () => new Promise((resolve) => setImmediate(resolve));

describe('Gathered', () => {
  it('asks in one go for what is wanted in one tick, and gives each its own answer', async () => {
    const { asked, ask } = gated();
    const answers = ask(3, 1, 2);
    await nextTick();
    expect(asked.map(({ keys }) => keys)).toEqual([[3, 1, 2]]);
    asked[0].answer();
    expect(await Promise.all(answers)).toEqual(['3', '1', '2']);
  });

  it('gathers while two questions are under way', async () => {
    const { asked, ask } = gated();
    for (const key of [1, 2, 3, 4]) {
      void Promise.all(ask(key));
      await nextTick();
    }
    expect(asked.map(({ keys }) => keys)).toEqual([[1], [2]]);
    asked[1].answer();
    await nextTick();
    expect(asked.map(({ keys }) => keys)).toEqual([[1], [2], [3, 4]]);
  });

  it('tells everybody in a group of its failure, and goes on', async () => {
    const { asked, ask } = gated();
    const failed = Promise.allSettled(ask(1, 2));
    await nextTick();
    asked[0].fail(new Error('no database'));
    expect((await failed).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const [later] = ask(3);
    await nextTick();
    asked[1].answer();
    expect(await later).toBe('3');
  });
});
