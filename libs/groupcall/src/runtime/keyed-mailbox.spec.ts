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
