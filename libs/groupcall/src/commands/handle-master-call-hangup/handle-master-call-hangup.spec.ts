import { InMemoryDatabase, ManualClock } from '../../adapters/in-memory/index.js';
import { inMemoryProcess } from '../../testing/in-memory-process.js';
import { group, phone, uuidOf } from '../../testing/scenario/index.js';
import { firstTurn } from '../../testing/turns.js';
import { HandleMasterCallHangupCommand } from './handle-master-call-hangup.command.js';
import { HandleMasterCallHangupHandler } from './handle-master-call-hangup.handler.js';

const NO_LIMITS = { liveLegs: 0, groupcallsPerSecond: 0 };
const masterCallId = uuidOf('master call');

function process() {
  const clock = new ManualClock();
  const { store, batches } = inMemoryProcess(new InMemoryDatabase(clock), clock);
  const create = async (name: string, master: string) => {
    const destinations = [phone('anna'), group('sales', [phone('bob')])];
    const customerId = uuidOf('customer');
    const tree = { rootId: uuidOf(name), customerId, destinations, masterCallId: master, now: clock.now() };
    await store.commit([firstTurn(tree)], NO_LIMITS);
  };
  const statusesOf = async (name: string) =>
    [...(await store.load(uuidOf(name)))!.groupcalls.values()].map(({ status }) => status);
  return { handler: new HandleMasterCallHangupHandler(store, batches), create, statusesOf };
}

describe('when the master call has ended', () => {
  it('every live tree that rings on its behalf is hung up as a whole, and no other', async () => {
    const { handler, create, statusesOf } = process();
    await create('one', masterCallId);
    await create('two', masterCallId);
    await create('other', uuidOf('another call'));
    expect(await handler.execute(new HandleMasterCallHangupCommand({ masterCallId }))).toEqual({ done: 2 });
    expect(await statusesOf('one')).toEqual(['hangingup', 'hangingup']);
    expect(await statusesOf('two')).toEqual(['hangingup', 'hangingup']);
    expect(await statusesOf('other')).toEqual(['progressing', 'progressing']);
  });

  it('told again it changes nothing', async () => {
    const { handler, create, statusesOf } = process();
    await create('one', masterCallId);
    await handler.execute(new HandleMasterCallHangupCommand({ masterCallId }));
    await handler.execute(new HandleMasterCallHangupCommand({ masterCallId }));
    expect(await statusesOf('one')).toEqual(['hangingup', 'hangingup']);
  });

  it('on whose behalf nobody rings there is nothing to do', async () => {
    const { handler } = process();
    expect(await handler.execute(new HandleMasterCallHangupCommand({ masterCallId }))).toEqual({ done: 0 });
  });

  it('it must be named by a UUID', () => {
    const { handler } = process();
    const command = new HandleMasterCallHangupCommand({ masterCallId: 'x' });
    expect(() => handler.execute(command)).toThrow('master_call_id: must be a UUID');
  });
});
