import type { BundleReceipt, EffectOutbox } from '../ports/effect-outbox.port.js';
import { AgendaTimers } from '../testing/kit/agenda-ports.js';
import { Agenda } from '../testing/virtual-time/agenda.js';
import { BundleReceipts } from './bundle-receipts.js';

function begin() {
  const agenda = new Agenda(1_000_000);
  const released: { at: number; owner: string; bundles: readonly BundleReceipt[] }[] = [];
  const outbox = {
    release: async (owner: string, bundles: readonly BundleReceipt[]) => {
      released.push({ at: agenda.now - 1_000_000, owner, bundles });
    },
  } as unknown as EffectOutbox;
  const receipts = new BundleReceipts(outbox, { name: 'me' }, new AgendaTimers(agenda));
  return { agenda, released, receipts, outbox, pass: (ms: number) => agenda.run(agenda.now + ms) };
}

const bundle = (rootId: string, version: number, heldUntil = 1_030_000) => ({ rootId, version, heldUntil });

describe('the receipts of bundles', () => {
  it('of the same moment are one statement, so early that another process does not find the lanes taken', async () => {
    const { released, receipts, agenda, pass } = begin();
    const over: string[] = [];
    receipts.add(bundle('a', 1), () => over.push('a'));
    agenda.after(5, () => receipts.add(bundle('b', 3), () => over.push('b')));
    agenda.after(40, () => receipts.add(bundle('c', 2), () => over.push('c')));
    await pass(100);
    expect(released.map(({ bundles }) => bundles.map(({ rootId }) => rootId))).toEqual([['a', 'b'], ['c']]);
    expect(released[0]).toMatchObject({ owner: 'me', bundles: [{ version: 1 }, { version: 3 }] });
    expect(released[0].at).toBeLessThanOrEqual(20);
    expect(over).toEqual(['a', 'b', 'c']);
  });

  it('are held on to until the database has been told', async () => {
    const { receipts, released, pass } = begin();
    let isOver = false;
    receipts.add(bundle('a', 1), () => (isOver = true));
    await pass(5);
    expect({ isOver, told: released.length }).toEqual({ isOver: false, told: 0 });
    await pass(20);
    expect({ isOver, told: released.length }).toEqual({ isOver: true, told: 1 });
  });

  it('go with a commit that is just being made, and are over when it is durable', async () => {
    const { receipts, released, pass } = begin();
    const over: string[] = [];
    receipts.add(bundle('a', 1), () => over.push('a'));
    const along = receipts.takeAlong(1_010_000);
    receipts.add(bundle('b', 1), () => over.push('b'));
    expect({ along: along.bundles, over }).toEqual({ along: [bundle('a', 1)], over: [] });
    along.settled(true);
    await pass(100);
    expect(over).toEqual(['a', 'b']);
    expect(released.map(({ bundles }) => bundles)).toEqual([[{ rootId: 'b', version: 1 }]]);
  });

  it('are told by themselves when that commit takes long, and wait for what becomes of it', async () => {
    const { receipts, released, pass } = begin();
    let over = 0;
    receipts.add(bundle('a', 1), () => (over += 1));
    const along = receipts.takeAlong(1_010_000);
    await pass(150);
    expect({ over, told: released.length }).toEqual({ over: 0, told: 1 });
    along.settled(true);
    await pass(150);
    expect({ over, told: released.length }).toEqual({ over: 1, told: 1 });
  });

  it('are told again and again while that commit takes long and nobody listens, and not any more afterwards', async () => {
    const { receipts, pass, outbox } = begin();
    const tries: string[] = [];
    outbox.release = async () => {
      tries.push('release');
      throw new Error('no connection is free');
    };
    receipts.add(bundle('a', 1), () => undefined);
    const along = receipts.takeAlong(1_010_000);
    await pass(350);
    expect(tries).toHaveLength(3);
    along.settled(true);
    await pass(1_000);
    expect(tries).toHaveLength(3);
  });

  it('go with one commit only: two that forget the same ones would wait for each other, with all their trees', async () => {
    const { receipts, released, pass } = begin();
    receipts.add(bundle('a', 1), () => undefined);
    const along = receipts.takeAlong(1_010_000);
    await pass(150);
    expect(receipts.takeAlong(1_010_000).bundles).toEqual([]);
    along.settled(false);
    expect(receipts.takeAlong(1_010_000).bundles).toEqual([]);
    await pass(150);
    expect(released).toHaveLength(2);
  });

  it('are told once more when nobody knows what has become of that commit', async () => {
    const { receipts, released, pass } = begin();
    let isOver = false;
    receipts.add(bundle('a', 1), () => (isOver = true));
    receipts.takeAlong(1_010_000).settled(false);
    expect(isOver).toBe(false);
    await pass(100);
    expect({ isOver, told: released.length }).toEqual({ isOver: true, told: 1 });
  });

  it('go by themselves when somebody else may be about to take them: a commit must not wait for him', async () => {
    const { receipts, released, pass } = begin();
    receipts.add(bundle('a', 1, 1_009_000), () => undefined);
    expect(receipts.takeAlong(1_010_000).bundles).toEqual([]);
    await pass(100);
    expect(released).toHaveLength(1);
  });
});
