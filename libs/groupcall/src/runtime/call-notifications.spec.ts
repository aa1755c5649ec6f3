import { randomUUID } from 'node:crypto';
import { InMemoryDatabase, ManualClock } from '../adapters/in-memory/index.js';
import { CreateGroupcallCommand } from '../commands/create-groupcall/create-groupcall.command.js';
import { inMemoryProcess } from '../testing/in-memory-process.js';
import { CallNotifications } from './call-notifications.js';

async function ringing() {
  const clock = new ManualClock();
  const { store, runtime } = inMemoryProcess(new InMemoryDatabase(clock), clock);
  const id = randomUUID();
  await runtime.send(
    new CreateGroupcallCommand({
      id,
      customerId: randomUUID(),
      destinations: [
        { type: 'tel', target: '+15551234567' },
        { type: 'tel', target: '+15551234568' },
      ],
    }),
  );
  const legs = [...(await store.load(id))!.legs.keys()];
  const statusOf = async (leg: string) => (await store.load(id))!.legs.get(leg)!;
  return { notifications: new CallNotifications(runtime), legs, statusOf };
}

describe('A report of a gateway', () => {
  it('is stored when its promise resolves', async () => {
    const { notifications, legs, statusOf } = await ringing();
    await notifications.ringing(legs[0]);
    expect(await statusOf(legs[0])).toMatchObject({ status: 'ringing' });
    await notifications.ended(legs[0], 'busy');
    expect(await statusOf(legs[0])).toMatchObject({ status: 'hangup', hangupReason: 'busy' });
  });

  it('of an answer says who won, however often it comes', async () => {
    const { notifications, legs } = await ringing();
    expect(await notifications.answered(legs[1])).toBe('won');
    expect(await notifications.answered(legs[0])).toBe('lost');
    expect(await notifications.answered(legs[1])).toBe('won');
  });

  it('about a call that is not ours is refused for good', async () => {
    const { notifications } = await ringing();
    await expect(notifications.ended(randomUUID())).rejects.toMatchObject({ reason: 'NOT_FOUND' });
    await expect(notifications.ringing('call-7')).rejects.toMatchObject({ reason: 'INVALID_ARGUMENT' });
  });

  it('of an end without a reason is a normal one', async () => {
    const { notifications, legs, statusOf } = await ringing();
    await notifications.answered(legs[0]);
    await notifications.ended(legs[0]);
    expect(await statusOf(legs[0])).toMatchObject({ status: 'hangup', hangupReason: 'normal' });
  });
});
