import { randomUUID } from 'node:crypto';
import {
  CreateGroupcallCommand,
  forInstance,
  GroupcallCallRingingEvent,
  GroupcallModule,
  GroupcallReader,
  HandleAnswerCommand,
  HandleRingingCommand,
  instanceToken,
  type GroupcallModuleForRootOptions,
} from '@groupcall/groupcall';
import { Inject, Injectable, Module, type INestApplicationContext } from '@nestjs/common';
import { CommandBus, CqrsModule, EventBus, ofType } from '@nestjs/cqrs';
import { eventually } from '../support/eventually.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { OtherPhones, Phones, PhonesModule } from './hosts/phones.js';
import { closeDatabases, database, NO_QUEUE, startHost } from './hosts/start-host.js';

const VOICE = { schema: 'voice', tablePrefix: 'gc_' };

@Injectable()
class Readers {
  constructor(
    readonly mine: GroupcallReader,
    @Inject(instanceToken('voice', GroupcallReader)) readonly others: GroupcallReader,
  ) {}
}

@Module({ providers: [Readers] })
class ReadersModule {}

let postgres: TestDatabase;
beforeAll(async () => {
  postgres = await createTestDatabase();
});
afterAll(async () => {
  await closeDatabases();
  await postgres.drop();
});

const engine = (options: Partial<GroupcallModuleForRootOptions>) =>
  GroupcallModule.forRoot({ imports: [PhonesModule], gateway: Phones, queue: NO_QUEUE, ...options });
const voice = (options: Partial<GroupcallModuleForRootOptions> = {}) =>
  engine({ name: 'voice', tables: VOICE, gateway: OtherPhones, ...options });

describe('Two engines in one process', () => {
  const customerId = randomUUID();
  let host: INestApplicationContext;
  let bus: CommandBus;
  const ringingOf = new Map<string, string>();

  beforeAll(async () => {
    host = await startHost(
      CqrsModule.forRoot(),
      database(postgres.url, [{}, VOICE]),
      engine({}),
      voice(),
      ReadersModule,
    );
    bus = host.get(CommandBus);
    host
      .get(EventBus)
      .pipe(ofType(GroupcallCallRingingEvent))
      .subscribe(({ event, instance }) => ringingOf.set(event.leg!.id, instance));
  });
  afterAll(() => host.close());

  const create = () =>
    new CreateGroupcallCommand({ customerId, destinations: [{ type: 'tel', target: '+15551234567' }] });

  it('ring, are answered and are found each by itself, with a bus that both share', async () => {
    const [first, second] = [await bus.execute(create()), await bus.execute(forInstance('voice', create()))];
    const legs = await eventually(() => {
      const [[one], [two]] = [host.get(Phones).rung, host.get(OtherPhones).rung];
      expect([one?.groupcallId, two?.groupcallId]).toEqual([first.id, second.id]);
      return [one.id, two.id];
    });

    await bus.execute(new HandleRingingCommand({ legId: legs[0] }));
    await bus.execute(forInstance('voice', new HandleRingingCommand({ legId: legs[1] })));
    await eventually(() =>
      expect(Object.fromEntries(ringingOf)).toEqual({ [legs[0]]: 'default', [legs[1]]: 'voice' }),
    );
    await bus.execute(forInstance('voice', new HandleAnswerCommand({ legId: legs[1] })));

    const { mine, others } = host.get(Readers);
    expect(host.get(instanceToken('default', GroupcallReader))).toBe(mine);
    expect((await mine.findGroupcall(customerId, first.id))?.answer_call_id).not.toBe(legs[1]);
    expect((await others.findGroupcall(customerId, second.id))?.answer_call_id).toBe(legs[1]);
    expect(await mine.findGroupcall(customerId, second.id)).toBeNull();
    expect(await others.findGroupcall(customerId, first.id)).toBeNull();
  });

  it('do not know each others legs', async () => {
    const [{ id }] = host.get(OtherPhones).rung;
    await expect(bus.execute(new HandleAnswerCommand({ legId: id }))).rejects.toMatchObject({
      reason: 'NOT_FOUND',
    });
  });

  it('say who is there when somebody else is asked for', async () => {
    await expect(bus.execute(forInstance('fax', create()))).rejects.toThrow(
      'no groupcall engine "fax" in this process, only: "default", "voice"',
    );
  });
});

describe('Engines in one process', () => {
  const hostOf = (...engines: ReturnType<typeof engine>[]) =>
    startHost(CqrsModule.forRoot(), database(postgres.url, [{}, VOICE]), ...engines);

  it('may all have names: who asks for none is told which there are', async () => {
    const host = await hostOf(voice());
    const command = new HandleAnswerCommand({ legId: randomUUID() });
    await expect(host.get(CommandBus).execute(command)).rejects.toThrow(
      `no groupcall engine "default" in this process, only: "voice". Say which one is meant: forInstance('…', command).`,
    );
    await host.close();
  });

  it.each<[string, () => Promise<unknown>]>([
    ['are called "voice"', () => hostOf(voice(), voice())],
    ['use the same tables ("voice"."gc_groupcall_tree")', () => hostOf(voice(), voice({ name: 'fax' }))],
    [
      'use the same queue (redis://127.0.0.1:1 bull)',
      () => hostOf(engine({}), voice({ queue: { ...NO_QUEUE, prefix: 'bull' } })),
    ],
  ])('that %s stop the boot', async (message, boot) => {
    await expect(boot()).rejects.toThrow(message);
  });
});
