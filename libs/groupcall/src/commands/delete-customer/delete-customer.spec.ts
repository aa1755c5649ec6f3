import { InMemoryDatabase, ManualClock } from '../../adapters/in-memory/index.js';
import { inMemoryProcess } from '../../testing/in-memory-process.js';
import { phone, uuidOf } from '../../testing/scenario/index.js';
import { firstTurn } from '../../testing/turns.js';
import { DeleteCustomerCommand } from './delete-customer.command.js';
import { DeleteCustomerHandler } from './delete-customer.handler.js';

const customerId = uuidOf('customer');
const NO_LIMITS = { liveLegs: 0, groupcallsPerSecond: 0 };

function process() {
  const clock = new ManualClock();
  const made = inMemoryProcess(new InMemoryDatabase(clock), clock);
  const handler = new DeleteCustomerHandler(made.store, made.batches);
  const create = async (name: string, owner = customerId) => {
    const turn = firstTurn({
      rootId: uuidOf(name),
      customerId: owner,
      destinations: [phone('anna')],
      now: clock.now(),
    });
    await made.store.commit([turn], NO_LIMITS);
  };
  const stateOf = async (name: string) =>
    (await made.store.load(uuidOf(name)))!.groupcalls.get(uuidOf(name))!;
  return { handler, create, stateOf };
}

describe('when a customer is deleted', () => {
  it('every groupcall of it is deleted, any number of them, and nobody else’s', async () => {
    const { handler, create, stateOf } = process();
    const names = Array.from({ length: 250 }, (_, index) => `tree ${index}`);
    for (const name of names) await create(name);
    await create('a stranger’s', uuidOf('somebody else'));
    const told: number[] = [];
    const onProgress = ({ done }: { done: number }) => void told.push(done);
    expect(await handler.execute(new DeleteCustomerCommand({ customerId, onProgress }))).toEqual({
      done: 250,
    });
    expect(told).toEqual([100, 200, 250]);
    for (const name of names)
      expect(await stateOf(name)).toMatchObject({ status: 'hangingup', tmDelete: expect.any(Number) });
    expect(await stateOf('a stranger’s')).toMatchObject({ status: 'progressing', tmDelete: null });
  });

  it('once more there is nothing left to do', async () => {
    const { handler, create } = process();
    await create('tree');
    await handler.execute(new DeleteCustomerCommand({ customerId }));
    expect(await handler.execute(new DeleteCustomerCommand({ customerId }))).toEqual({ done: 0 });
  });

  it('the customer must be a UUID', () => {
    const { handler } = process();
    expect(() => handler.execute(new DeleteCustomerCommand({ customerId: 'acme' }))).toThrow(
      'customer_id: must be a UUID',
    );
  });
});
