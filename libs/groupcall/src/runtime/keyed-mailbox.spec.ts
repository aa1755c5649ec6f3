import { KeyedMailbox } from './keyed-mailbox.js';

/** A handler whose batches are finished by hand. */
function gatedMailbox() {
  const taken: { key: string; batch: number[]; finish: () => void }[] = [];
  const mailbox = new KeyedMailbox<number>(
    (key, batch) => new Promise((resolve) => taken.push({ key, batch: [...batch], finish: resolve })),
  );
  return { mailbox, taken };
}

const nextTick = () => new Promise((resolve) => setImmediate(resolve));

describe('KeyedMailbox', () => {
  it('takes what was posted in one tick as one batch, in order', async () => {
    const { mailbox, taken } = gatedMailbox();
    [1, 2, 3].forEach((item) => mailbox.post('tree', item));
    await nextTick();
    expect(taken.map((one) => one.batch)).toEqual([[1, 2, 3]]);
  });

  it('takes what has come until all is there that comes together as the first batch, and then waits no more', async () => {
    const taken: number[][] = [];
    const arrived: (() => void)[] = [];
    const mailbox = new KeyedMailbox<number>(
      async (_key, batch) => void taken.push([...batch]),
      undefined,
      () => new Promise((resolve) => arrived.push(resolve)),
    );
    mailbox.post('tree', 1);
    await nextTick();
    mailbox.post('tree', 2);
    await nextTick();
    expect(taken).toEqual([]);
    arrived[0]();
    await nextTick();
    expect([taken, arrived.length, mailbox.size]).toEqual([[[1, 2]], 1, 0]);
  });

  it('never runs two batches of one key at once, and gathers what arrives meanwhile', async () => {
    const { mailbox, taken } = gatedMailbox();
    mailbox.post('tree', 1);
    await nextTick();
    mailbox.post('tree', 2);
    mailbox.post('tree', 3);
    await nextTick();
    expect(taken).toHaveLength(1);
    taken[0].finish();
    await nextTick();
    expect(taken.map((one) => one.batch)).toEqual([[1], [2, 3]]);
  });

  it('gathers what is posted while there is no room for a batch', async () => {
    const taken: number[][] = [];
    const enter: (() => void)[] = [];
    const mailbox = new KeyedMailbox<number>(
      (_key, batch) => Promise.resolve(void taken.push(batch)),
      () => new Promise((resolve) => enter.push(resolve)),
    );
    mailbox.post('tree', 1);
    await nextTick();
    mailbox.post('tree', 2);
    await nextTick();
    expect(taken).toEqual([]);
    enter[0]();
    await nextTick();
    expect([taken, enter.length, mailbox.size]).toEqual([[[1, 2]], 1, 0]);
  });

  it('gives what has come meanwhile to a batch that asks for it, once', async () => {
    const batches: number[][] = [];
    let goOn = (): void => undefined;
    const mailbox = new KeyedMailbox<number>(async (_key, batch, more) => {
      await new Promise<void>((resolve) => (goOn = resolve));
      batches.push(more(), more(), [...batch]);
    });
    mailbox.post('tree', 1);
    await nextTick();
    mailbox.post('tree', 2);
    goOn();
    await mailbox.whenIdle();
    expect(batches).toEqual([[2], [], [1, 2]]);
  });

  it('runs different keys side by side', async () => {
    const { mailbox, taken } = gatedMailbox();
    mailbox.post('a', 1);
    mailbox.post('b', 2);
    await nextTick();
    expect(taken.map((one) => one.key)).toEqual(['a', 'b']);
  });

  it('counts what is not handled yet and says when all is done', async () => {
    const { mailbox, taken } = gatedMailbox();
    let idle = false;
    mailbox.post('a', 1);
    mailbox.post('b', 2);
    void mailbox.whenIdle().then(() => (idle = true));
    await nextTick();
    expect(mailbox.size).toBe(2);
    taken[0].finish();
    await nextTick();
    expect([mailbox.size, idle]).toEqual([1, false]);
    taken[1].finish();
    await nextTick();
    expect([mailbox.size, idle]).toEqual([0, true]);
  });

  it('knows which keys it is busy with', async () => {
    const mailbox = new KeyedMailbox<number>(() => Promise.resolve());
    mailbox.post('a', 1);
    expect(['a', 'b'].map((key) => mailbox.isBusy(key))).toEqual([true, false]);
    await mailbox.whenIdle();
    expect(mailbox.isBusy('a')).toBe(false);
  });

  it('starts a key afresh after it has run empty', async () => {
    const { mailbox, taken } = gatedMailbox();
    mailbox.post('tree', 1);
    await nextTick();
    taken[0].finish();
    await nextTick();
    mailbox.post('tree', 2);
    await nextTick();
    expect(taken.map((one) => one.batch)).toEqual([[1], [2]]);
  });
});
