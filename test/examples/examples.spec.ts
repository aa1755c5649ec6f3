import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateGroupcallCommand, GroupcallReader, type PublicEvent } from '@groupcall/groupcall';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CommandBus } from '@nestjs/cqrs';
import { AppModule as CpaasHost } from '../../examples/cpaas-host/app.module.js';
import { FakeCpaas } from '../../examples/cpaas-host/fake-cpaas.js';
import { FrontDesk, InternalService } from '../../examples/internal-service/front-desk.js';
import { AppModule as MinimalHost, type HostSettings } from '../../examples/minimal-host/app.module.js';
import { DeskPhones } from '../../examples/minimal-host/desk-phones.js';
import { AppModule as WebhookHost } from '../../examples/webhook-outbox/app.module.js';
import { WebhookPoster } from '../../examples/webhook-outbox/webhook-poster.js';
import { WebhookSink } from '../../examples/webhook-outbox/webhook-sink.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';

const [ANNA, BOB, CARL] = ['+15551230001', '+15551230002', '+15551230003'];
const customerId = randomUUID();
const tel = (target: string) => ({ type: 'tel' as const, target });
const QUIET = { logger: false, abortOnError: false } as const;

let database: TestDatabase;
const running: { close(): Promise<unknown> }[] = [];
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  for (const one of running.splice(0).reverse()) await one.close();
  await database.drop();
});

const settings = (): HostSettings => ({
  databaseUrl: database.url,
  queue: { backend: 'postgres', url: database.url },
});
async function start(module: Parameters<typeof NestFactory.createApplicationContext>[0]) {
  const app = await NestFactory.createApplicationContext(module, QUIET);
  running.push(app);
  return app;
}
const create = (app: INestApplicationContext, destinations: object[]) =>
  app.get(CommandBus, { strict: false }).execute(new CreateGroupcallCommand({ customerId, destinations }));
const read = (app: INestApplicationContext, id: string) =>
  app.get(GroupcallReader, { strict: false }).findGroupcall(customerId, id);

describe('The example', () => {
  it('minimal host rings, is answered, and ends', async () => {
    const app = await start(MinimalHost.forRoot(settings()));
    const phones = app.get(DeskPhones, { strict: false });
    const { id, call_ids } = await create(app, [tel(ANNA), tel(BOB)]);
    await eventually(() => expect(phones.ringing.sort()).toEqual([ANNA, BOB]));
    await phones.pickUp(BOB);
    await eventually(() => expect(phones.ringing).toEqual([]));
    expect((await read(app, id))?.answer_call_id).toBe(call_ids[1]);
    await phones.putDown(BOB);
    await eventually(async () =>
      expect(await read(app, id)).toMatchObject({ status: 'hangup', hangup_reason: 'normal' }),
    );
  });

  it('host of a telephone service rings once although replies get lost, and believes signed notifications only', async () => {
    const secret = 'a secret that both know';
    const cpaas = new FakeCpaas(secret);
    const cpaasUrl = await cpaas.listen();
    running.push(cpaas);
    const port = await freePort();
    const webhookUrl = `http://127.0.0.1:${port}/webhooks/calls`;
    const app = await NestFactory.create(
      CpaasHost.forRoot({ ...settings(), cpaasUrl, webhookUrl, webhookSecret: secret }),
      { ...QUIET, rawBody: true },
    );
    running.push(app);
    await app.listen(port, '127.0.0.1');
    cpaas.loseReplies = 2;
    const { id, call_ids } = await create(app, [tel(ANNA), tel(BOB), tel(CARL)]);
    await eventually(() => expect(cpaas.numbers('ringing').sort()).toEqual([ANNA, BOB, CARL]));
    // Three orders, and the two without a reply again; the phones ring once all the same.
    await eventually(() => expect(cpaas.orders).toBe(5));
    expect(cpaas.numbers('ringing').length).toBe(3);
    expect(await cpaas.completed(CARL, 'busy')).toBe(204);
    expect(await cpaas.tell(ANNA, 'answered', undefined, 'a guess')).toBe(401);
    expect((await read(app, id))?.answer_call_id).not.toBe(call_ids[0]);
    expect(await cpaas.tell(ANNA, 'dancing')).toBe(400);
    // Answered twice and ringing afterwards: one winner.
    expect(await cpaas.answered(BOB)).toEqual([204, 204, 204]);
    await eventually(() => expect(cpaas.numbers('ringing')).toEqual([]));
    await eventually(async () =>
      expect(await read(app, id)).toMatchObject({ answer_call_id: call_ids[1], call_count: 1 }),
    );
    expect(cpaas.numbers('ended').sort()).toEqual([ANNA, CARL]);
    expect(await cpaas.completed(BOB, 'normal')).toBe(204);
    await eventually(async () => expect((await read(app, id))?.status).toBe('hangup'));
  });

  it('internal service rings phones of an engine elsewhere, and is refused as if it were here', async () => {
    const engine = await start(MinimalHost.forRoot({ ...settings(), takesCommands: true }));
    const service = await start(InternalService.forRoot(settings().queue));
    const desk = service.get(FrontDesk);
    const phones = engine.get(DeskPhones, { strict: false });
    const { id } = await desk.visitor(customerId, [ANNA, BOB]);
    await eventually(() => expect(phones.ringing.sort()).toEqual([ANNA, BOB]));
    await expect(desk.visitor(customerId, ['12'])).rejects.toMatchObject({
      reason: 'INVALID_ARGUMENT',
      details: [{ field: 'destinations[0].target' }],
    });
    await desk.visitorHasLeft(customerId, id);
    await eventually(() => expect(phones.ringing).toEqual([]));
  });

  it('outbox posts every event of a tree once and in order, also when the receiver fails meanwhile', async () => {
    const app = await start(WebhookHost.forRoot(settings()));
    const [phones, poster, sink] = [DeskPhones, WebhookPoster, WebhookSink].map((one) =>
      app.get<unknown>(one, { strict: false }),
    ) as [DeskPhones, WebhookPoster, WebhookSink];
    const receiver = await Receiver.listen();
    running.push(receiver);
    const { id } = await create(app, [{ type: 'groupcall', destinations: [tel(ANNA)] }, tel(BOB)]);
    await eventually(() => expect(phones.ringing.length).toBe(2));
    await phones.pickUp(ANNA);
    await phones.putDown(ANNA);
    await eventually(async () => expect((await read(app, id))?.status).toBe('hangup'));
    receiver.failing = true;
    expect(await poster.post(receiver.url)).toBe(0);
    receiver.failing = false;
    await eventually(async () => {
      await poster.post(receiver.url);
      expect(receiver.events.at(-1)).toMatchObject({ type: 'groupcall_hangup', data: { id } });
    });
    const sequences = receiver.events.map(({ sequence }) => sequence);
    expect(sequences).toEqual(sequences.map((_, index) => index + 1));
    // Delivered once more, as after a crash: known by its id.
    await sink.deliver(receiver.events[0]);
    expect(await poster.post(receiver.url)).toBe(0);
  });
});

/** A customer's server. */
class Receiver {
  failing = false;
  readonly events: PublicEvent[] = [];
  private server!: Server;

  static async listen(): Promise<Receiver> {
    const receiver = new Receiver();
    receiver.server = createServer((request, response) => {
      let text = '';
      request.on('data', (part: Buffer) => (text += part.toString()));
      request.on('end', () => {
        if (!receiver.failing) receiver.events.push(JSON.parse(text) as PublicEvent);
        response.writeHead(receiver.failing ? 500 : 204).end();
      });
    });
    await new Promise<void>((resolve) => receiver.server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
