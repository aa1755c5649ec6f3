import { GroupCommit } from './group-commit.js';

/** A statement that ends when told to. */
function statements() {
  const sent: { items: string[]; succeed: () => void; fail: (error: Error) => void }[] = [];
  const write = (items: string[]) =>
    new Promise<string[]>((resolve, reject) =>
      sent.push({ items, succeed: () => resolve(items.map((item) => `${item}!`)), fail: reject }),
    );
  return { sent, write };
}

const turnOfTheLoop = () => new Promise((resolve) => setImmediate(resolve));

describe('A group commit', () => {
  it('sends what was asked for in one tick together and tells each its own result', async () => {
    const { sent, write } = statements();
    const commit = new GroupCommit(write, (item: string) => item);
    const results = Promise.all([commit.add('a'), commit.add('b')]);
    await turnOfTheLoop();
    expect(sent.map(({ items }) => items)).toEqual([['a', 'b']]);
    sent[0].succeed();
    expect(await results).toEqual(['a!', 'b!']);
  });

  it('gathers what is asked for while a statement is under way, in order and up to its limit', async () => {
    const { sent, write } = statements();
    const commit = new GroupCommit(write, (item: string) => item, 2);
    const first = commit.add('a');
    await turnOfTheLoop();
    const rest = Promise.all([commit.add('b'), commit.add('c'), commit.add('d')]);
    for (const number of [0, 1, 2]) {
      sent[number].succeed();
      await turnOfTheLoop();
    }
    await Promise.all([first, rest]);
    expect(sent.map(({ items }) => items)).toEqual([['a'], ['b', 'c'], ['d']]);
  });

  it('never sends two items with the same key in one statement, and keeps their order', async () => {
    const { sent, write } = statements();
    const commit = new GroupCommit(write, (item: string) => item.slice(0, 1));
    const all = Promise.all([commit.add('a1'), commit.add('a2'), commit.add('b1')]);
    await turnOfTheLoop();
    sent[0].succeed();
    await turnOfTheLoop();
    sent[1].succeed();
    await all;
    expect(sent.map(({ items }) => items)).toEqual([['a1', 'b1'], ['a2']]);
  });

  it('tells a failure to everybody in the group and goes on with the next', async () => {
    const { sent, write } = statements();
    const commit = new GroupCommit(write, (item: string) => item);
    const told = Promise.allSettled([commit.add('a'), commit.add('b')]);
    await turnOfTheLoop();
    const next = commit.add('c');
    sent[0].fail(new Error('connection lost'));
    expect((await told).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await turnOfTheLoop();
    sent[1].succeed();
    expect(await next).toBe('c!');
  });
});
