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
  return { agenda, released, receipts, pass: (ms: number) => agenda.run(agenda.now + ms) };
}

describe('the receipts of bundles', () => {
  it('of the same moment are one statement, so early that another process does not find the lanes taken', async () => {
    const { released, receipts, agenda, pass } = begin();
    const over: string[] = [];
    receipts.add({ rootId: 'a', version: 1 }, () => over.push('a'));
    agenda.after(5, () => receipts.add({ rootId: 'b', version: 3 }, () => over.push('b')));
    agenda.after(40, () => receipts.add({ rootId: 'c', version: 2 }, () => over.push('c')));
    await pass(100);
    expect(released.map(({ bundles }) => bundles.map(({ rootId }) => rootId))).toEqual([['a', 'b'], ['c']]);
    expect(released[0]).toMatchObject({ owner: 'me', bundles: [{ version: 1 }, { version: 3 }] });
    expect(released[0].at).toBeLessThanOrEqual(10);
    expect(over).toEqual(['a', 'b', 'c']);
  });

  it('are held on to until the database has been told', async () => {
    const { receipts, released, pass } = begin();
    let isOver = false;
    receipts.add({ rootId: 'a', version: 1 }, () => (isOver = true));
    await pass(5);
    expect({ isOver, told: released.length }).toEqual({ isOver: false, told: 0 });
    await pass(10);
    expect({ isOver, told: released.length }).toEqual({ isOver: true, told: 1 });
  });
});
