import { InMemoryDatabase, ManualClock } from '../../adapters/in-memory/index.js';
import { HandleHangupCommand } from '../handle-hangup/handle-hangup.command.js';
import { inMemoryProcess } from '../../testing/in-memory-process.js';
import { phone, uuidOf } from '../../testing/scenario/index.js';
import { firstTurn } from '../../testing/turns.js';
import { FreezeCustomerCommand } from './freeze-customer.command.js';
import { FreezeCustomerHandler } from './freeze-customer.handler.js';

const customerId = uuidOf('customer');
const NO_LIMITS = { liveLegs: 0, groupcallsPerSecond: 0 };

describe('when a customer is frozen', () => {
  it('every live groupcall of it is hung up; none is deleted, and nobody else’s is touched', async () => {
    const clock = new ManualClock();
    const { store, runtime, batches } = inMemoryProcess(new InMemoryDatabase(clock), clock);
    const handler = new FreezeCustomerHandler(store, batches);
    const create = (name: string, owner: string) =>
      firstTurn({ rootId: uuidOf(name), customerId: owner, destinations: [phone('anna')], now: clock.now() });
    const ended = create('ended', customerId);
    await store.commit(
      [
        ended,
        create('one', customerId),
        create('two', customerId),
        create('stranger', uuidOf('somebody else')),
      ],
      NO_LIMITS,
    );
    const [legId] = ended.after.legs.keys();
    await runtime.send(new HandleHangupCommand({ legId, reason: 'busy' }));

    expect(await handler.execute(new FreezeCustomerCommand({ customerId }))).toEqual({ done: 2 });
    const stateOf = async (name: string) => (await store.load(uuidOf(name)))!.groupcalls.get(uuidOf(name))!;
    for (const name of ['one', 'two'])
      expect(await stateOf(name)).toMatchObject({ status: 'hangingup', tmDelete: null });
    expect(await stateOf('ended')).toMatchObject({ status: 'hangup', hangupReason: 'busy' });
    expect(await stateOf('stranger')).toMatchObject({ status: 'progressing' });
  });

  it('the customer must be a UUID', () => {
    const clock = new ManualClock();
    const { store, batches } = inMemoryProcess(new InMemoryDatabase(clock), clock);
    const handler = new FreezeCustomerHandler(store, batches);
    expect(() => handler.execute(new FreezeCustomerCommand({ customerId: '' }))).toThrow(
      'customer_id: must be a UUID',
    );
  });
});
