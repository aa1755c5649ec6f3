import { DeleteGroupcallCommand } from '../../commands/delete-groupcall/delete-groupcall.command.js';
import type { GroupcallFilter, ListPosition } from '../../ports/groupcall-reader.port.js';
import { agent, group, phone, uuidOf } from '../../testing/scenario/index.js';
import { firstTurn, turnOf } from '../../testing/turns.js';
import { InMemoryDatabase } from './in-memory-database.js';
import { InMemoryGroupcallReader } from './in-memory-groupcall-reader.js';
import { InMemoryGroupcallStore } from './in-memory-groupcall-store.js';
import { ManualClock } from './manual-clock.js';

const customerId = uuidOf('customer');
const stranger = uuidOf('somebody else');
const NO_LIMITS = { liveLegs: 0, groupcallsPerSecond: 0 };

let clock: ManualClock;
let store: InMemoryGroupcallStore;
let reader: InMemoryGroupcallReader;

beforeEach(() => {
  clock = new ManualClock();
  const database = new InMemoryDatabase(clock);
  store = new InMemoryGroupcallStore(database);
  reader = new InMemoryGroupcallReader(database);
});

async function create(name: string, destinations = [phone('anna')], more: { masterCallId?: string } = {}) {
  const turn = firstTurn({ rootId: uuidOf(name), customerId, destinations, now: clock.now(), ...more });
  await store.commit([turn], NO_LIMITS);
  return turn.after;
}

/** The ids of all pages. */
async function listed(filter: GroupcallFilter = {}, pageSize = 100): Promise<string[]> {
  const ids: string[] = [];
  for (let after: ListPosition | null = null; ;) {
    const page = await reader.listGroupcalls({ customerId, filter, after, pageSize });
    expect(page.items.length).toBeLessThanOrEqual(pageSize);
    ids.push(...page.items.map(({ id }) => id));
    if (!page.next) return ids;
    after = page.next;
  }
}

describe('groupcalls', () => {
  it('are found by id, children too, deleted ones too, and by nobody else', async () => {
    const tree = await create('a', [group('sales', [phone('anna')])]);
    for (const id of tree.groupcalls.keys()) {
      expect(await reader.findGroupcall(customerId, id)).toMatchObject({ id, customer_id: customerId });
      expect(await reader.findGroupcall(stranger, id)).toBeNull();
    }
    await store.commit(
      [turnOf(tree, new DeleteGroupcallCommand({ groupcallId: tree.rootId }), clock.now())],
      NO_LIMITS,
    );
    expect((await reader.findGroupcall(customerId, tree.rootId))!.status).toBe('hangingup');
    expect(await reader.findGroupcall(customerId, uuidOf('nothing'))).toBeNull();
  });

  it('are listed newest first, none twice and none left out, also with equal timestamps', async () => {
    for (let i = 0; i < 7; i += 1) {
      await create(`tree ${i}`);
      if (i % 3 === 0) await clock.advance(1);
    }
    const all = await listed();
    expect(new Set(all).size).toBe(7);
    expect(all.slice(-1)).toEqual([uuidOf('tree 0')]);
    expect(await listed({}, 2)).toEqual(all);
    expect(await listed({}, 7)).toEqual(all);
  });

  it('are listed without the deleted ones', async () => {
    const tree = await create('a');
    await create('b');
    await store.commit(
      [turnOf(tree, new DeleteGroupcallCommand({ groupcallId: tree.rootId }), clock.now())],
      NO_LIMITS,
    );
    expect(await listed()).toEqual([uuidOf('b')]);
  });

  it('are listed by what they are', async () => {
    const tree = await create('a', [group('sales', [phone('anna')], { ring_method: 'linear' })], {
      masterCallId: uuidOf('master call'),
    });
    await create('b', [agent('smith')]);
    const [, child] = [...tree.groupcalls.keys()];
    expect(await listed({ master_groupcall_id: tree.rootId })).toEqual([child]);
    expect(await listed({ ring_method: 'linear' })).toEqual([child]);
    expect((await listed({ master_call_id: uuidOf('master call') })).sort()).toEqual(
      [...tree.groupcalls.keys()].sort(),
    );
    expect(await listed({ owner_id: uuidOf('agent smith') })).toEqual([uuidOf('b')]);
    expect(await listed({ status: 'hangup' })).toEqual([]);
    expect(await listed({ flow_id: undefined, status: 'progressing' })).toHaveLength(3);
  });
});

describe('legs', () => {
  it('are those of one groupcall, or of its whole tree, in order of creation', async () => {
    const tree = await create('a', [phone('anna'), group('sales', [phone('bob'), phone('carl')])]);
    const [, child] = [...tree.groupcalls.keys()];
    const ids = async (id: string, wholeTree: boolean) =>
      (await reader.findLegsOf(customerId, id, wholeTree))?.map((leg) => leg.id);
    const all = [...tree.legs.keys()];
    expect(await ids(tree.rootId, false)).toEqual(all.slice(0, 1));
    expect(await ids(child, false)).toEqual(all.slice(1));
    expect(await ids(child, true)).toEqual(all);
    expect(await reader.findLegsOf(stranger, child, true)).toBeNull();
    expect(await reader.findLegsOf(customerId, uuidOf('nothing'), false)).toBeNull();
  });

  it('are found by id, and by nobody else', async () => {
    const [id] = (await create('a')).legs.keys();
    expect(await reader.findLeg(customerId, id)).toMatchObject({ id });
    expect(await reader.findLeg(stranger, id)).toBeNull();
  });

  it('are listed newest first, page by page, and by what they are', async () => {
    const tree = await create('a', [phone('anna'), phone('bob')]);
    await clock.advance(1);
    const later = await create('b');
    const request = { customerId, after: null, pageSize: 2 };
    const first = await reader.listLegs({ ...request, filter: {} });
    expect(first.items[0].id).toBe([...later.legs.keys()][0]);
    const rest = await reader.listLegs({ ...request, filter: {}, after: first.next });
    expect([...first.items, ...rest.items]).toHaveLength(3);
    expect(rest.next).toBeNull();
    expect((await reader.listLegs({ ...request, filter: { groupcall_id: tree.rootId } })).items).toHaveLength(
      2,
    );
    expect((await reader.listLegs({ ...request, filter: { status: 'ringing' } })).items).toEqual([]);
    expect(
      (await reader.listLegs({ ...request, filter: { owner_id: uuidOf('agent smith') } })).items,
    ).toEqual([]);
    expect((await reader.listLegs({ ...request, customerId: stranger, filter: {} })).items).toEqual([]);
  });
});
