import { randomUUID } from 'node:crypto';
import { get, type ClientRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toAddress } from '@groupcall/address';
import { Clock } from '@groupcall/groupcall';
import { ManualClock } from '@groupcall/groupcall/testing';
import { Global, Logger, Module, type INestApplication } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Test } from '@nestjs/testing';
import request from 'supertest';
import { DataSource } from 'typeorm';
import { AccessTokens, AuthModule, type Role } from '../../apps/api/src/auth/index.js';
import {
  DIRECTORY_ENTITIES,
  DIRECTORY_MIGRATIONS,
  DirectoryModule,
} from '../../apps/api/src/directory/index.js';
import { MOST_STREAMS_PER_CUSTOMER } from '../../apps/api/src/events/event-streams.js';
import {
  EVENTS_ENTITIES,
  EVENTS_MIGRATIONS,
  EventLogSink,
  EventsModule,
} from '../../apps/api/src/events/index.js';
import { ErrorFilter } from '../../apps/api/src/http/error.filter.js';
import {
  SIMULATOR_ENTITIES,
  SIMULATOR_MIGRATIONS,
  SimulatedCallGateway,
  SimulatorModule,
} from '../../apps/api/src/simulator/index.js';
import { eventually } from '../support/eventually.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { eventOf } from './events.environment.js';
import { RecordingBus } from './simulator.environment.js';

let database: TestDatabase;
let dataSource: DataSource;
let app: INestApplication;
const bus = new RecordingBus();

beforeAll(async () => {
  Logger.overrideLogger(false);
  database = await createTestDatabase();
  dataSource = new DataSource({
    type: 'postgres',
    url: database.url,
    entities: [...SIMULATOR_ENTITIES, ...DIRECTORY_ENTITIES, ...EVENTS_ENTITIES],
    migrations: [...SIMULATOR_MIGRATIONS, ...DIRECTORY_MIGRATIONS, ...EVENTS_MIGRATIONS],
  });
  await dataSource.initialize();
  await dataSource.runMigrations();
  app = await startHost();
});
afterAll(async () => {
  await app.close();
  await dataSource.destroy();
  await database.drop();
});

/** The modules as a host imports them, with the engine's part played by a recorder. */
async function startHost(): Promise<INestApplication> {
  const providers = [
    { provide: DataSource, useValue: dataSource },
    { provide: Clock, useValue: new ManualClock() },
    { provide: CommandBus, useValue: bus },
  ];
  @Global()
  @Module({ providers, exports: providers.map(({ provide }) => provide) })
  class Surroundings {}
  const host = await Test.createTestingModule({
    imports: [
      Surroundings,
      AuthModule.forRoot({
        secret: 'a secret of more than thirty-two characters',
        issuer: 'i',
        audience: 'a',
      }),
      EventsModule,
      DirectoryModule,
      SimulatorModule,
    ],
  }).compile();
  const started = host.createNestApplication();
  started.useGlobalFilters(new ErrorFilter());
  await started.listen(0, '127.0.0.1');
  return started;
}

const CUSTOMER = randomUUID();
const bearer = async (role: Role, customerId = CUSTOMER, agentId?: string) =>
  `Bearer ${await app.get(AccessTokens).issue({ role, customerId, agentId }, '1h')}`;
async function call(
  method: 'get' | 'put' | 'post' | 'delete',
  path: string,
  authorization: string,
  body?: object,
) {
  return request(app.getHttpServer())[method](path).set('Authorization', authorization).send(body);
}

describe('The routes of the directory', () => {
  it('store, show and remove an agent', async () => {
    const admin = await bearer('customer_admin');
    const path = `/agents/${randomUUID()}`;
    const body = { ring_method: 'linear', addresses: [{ type: 'tel', target: '+1 555 123 4567' }] };
    const put = await call('put', path, admin, body);
    expect(put.status).toBe(200);
    expect(put.body).toMatchObject({
      customer_id: CUSTOMER,
      ring_method: 'linear',
      addresses: [toAddress({ type: 'tel', target: '+15551234567' })],
    });
    expect((await call('get', path, admin)).body).toEqual(put.body);
    expect((await call('delete', path, admin)).status).toBe(200);
    expect((await call('get', path, admin)).status).toBe(404);
    expect((await call('delete', path, admin)).status).toBe(404);
  });

  it('store, show and remove an extension, whatever characters its name has', async () => {
    const manager = await bearer('customer_manager');
    const path = `/extensions/${encodeURIComponent('front desk/2 ü')}`;
    const put = await call('put', path, manager, { contacts: ['alice@EXAMPLE.com'] });
    expect(put.status).toBe(200);
    expect(put.body).toMatchObject({ name: 'front desk/2 ü', contacts: ['alice@example.com'] });
    expect((await call('get', path, manager)).body).toEqual(put.body);
    expect((await call('delete', path, manager)).body).toEqual(put.body);
    expect((await call('get', path, manager)).status).toBe(404);
  });

  it('name the bad fields', async () => {
    const admin = await bearer('customer_admin');
    const refused = await call('put', `/agents/${randomUUID()}`, admin, {
      addresses: [
        { type: 'sip', target: 'a@example.com' },
        { type: 'tel', target: '12' },
      ],
    });
    expect(refused.status).toBe(400);
    expect(refused.body.error.details).toEqual([
      { field: 'addresses[1].target', message: expect.any(String) },
    ]);
    expect((await call('put', '/agents/7', admin, { addresses: [] })).status).toBe(400);
    expect((await call('put', '/extensions/a%00b', admin, { contacts: [] })).status).toBe(400);
    expect((await call('get', '/extensions/a%00b', admin)).status).toBe(404);
  });

  it('show nothing of another customer, and let an agent read that agent only', async () => {
    const [me, somebody] = [randomUUID(), randomUUID()];
    const admin = await bearer('customer_admin');
    for (const id of [me, somebody]) await call('put', `/agents/${id}`, admin, { addresses: [] });
    await call('put', '/extensions/mine', admin, { contacts: [], agent_id: me });
    await call('put', '/extensions/nobodys', admin, { contacts: [] });
    const stranger = await bearer('customer_admin', randomUUID());
    expect((await call('get', `/agents/${me}`, stranger)).status).toBe(404);
    expect((await call('delete', '/extensions/mine', stranger)).status).toBe(404);
    const agent = await bearer('customer_agent', CUSTOMER, me);
    expect((await call('get', `/agents/${me}`, agent)).status).toBe(200);
    expect((await call('get', `/agents/${somebody}`, agent)).status).toBe(404);
    expect((await call('get', '/extensions/mine', agent)).status).toBe(200);
    expect((await call('get', '/extensions/nobodys', agent)).status).toBe(404);
    expect((await call('put', `/agents/${me}`, agent, { addresses: [] })).status).toBe(403);
    expect((await call('delete', `/agents/${me}`, agent)).status).toBe(403);
  });
});

describe('The routes of the simulator', () => {
  async function ringingCall(): Promise<string> {
    const id = randomUUID();
    const order = {
      id,
      customerId: CUSTOMER,
      groupcallId: randomUUID(),
      rootId: randomUUID(),
      from: toAddress({}),
      to: toAddress({ type: 'sip', target: 'ring@sim' }),
      ringTimeout: 40_000,
      maxDuration: 3_600_000,
    };
    await app.get(SimulatedCallGateway).createCall(order, new AbortController().signal);
    return id;
  }

  it('play the far end, and the groupcall is told', async () => {
    const manager = await bearer('customer_manager');
    const id = await ringingCall();
    for (const action of ['ringing', 'answer']) {
      expect((await call('post', `/simulator/calls/${id}/${action}`, manager)).status).toBe(202);
    }
    expect((await call('post', `/simulator/calls/${id}/hangup`, manager, { reason: 'busy' })).status).toBe(
      202,
    );
    await eventually(() => expect(bus.about(id).at(-1)).toEqual({ kind: 'ended', reason: 'busy' }));
    expect(bus.about(id).map(({ kind }) => kind)).toEqual(['ringing', 'ringing', 'answered', 'ended']);
  });

  it('refuse what the state does not allow, unknown and foreign calls, bad reasons, and agents', async () => {
    const admin = await bearer('customer_admin');
    const id = await ringingCall();
    const hangup = `/simulator/calls/${id}/hangup`;
    expect((await call('post', `/simulator/calls/${randomUUID()}/answer`, admin)).status).toBe(404);
    expect((await call('post', hangup, await bearer('customer_admin', randomUUID()))).status).toBe(404);
    expect((await call('post', hangup, await bearer('customer_agent', CUSTOMER, randomUUID()))).status).toBe(
      403,
    );
    const bad = await call('post', hangup, admin, { reason: 'bored' });
    expect([bad.status, bad.body.error.details[0].field]).toEqual([400, 'reason']);
    expect((await call('post', hangup, admin, { cause: 'busy' })).status).toBe(400);
    expect((await call('post', hangup, admin)).status).toBe(202);
    expect((await call('post', hangup, admin)).status).toBe(409);
    expect((await call('post', `/simulator/calls/${id}/answer`, admin)).status).toBe(409);
  });
});

describe('The stream of events', () => {
  interface OpenStream {
    readonly status: number;
    readonly type: string | undefined;
    text(): string;
    ended(): boolean;
    readonly request: ClientRequest;
  }
  const opened: ClientRequest[] = [];
  afterEach(() => opened.splice(0).forEach((one) => one.destroy()));

  async function open(authorization: string, path = '', headers: Record<string, string> = {}, host = app) {
    const { port } = host.getHttpServer().address() as AddressInfo;
    return new Promise<OpenStream>((resolve, reject) => {
      const url = `http://127.0.0.1:${port}/groupcalls/events${path}`;
      const sent = get(
        url,
        { agent: false, headers: { authorization, ...headers } },
        (response: IncomingMessage) => {
          let text = '';
          let ended = false;
          response.setEncoding('utf8').on('data', (part: string) => (text += part));
          response.on('end', () => (ended = true)).on('error', () => undefined);
          resolve({
            status: response.statusCode ?? 0,
            type: response.headers['content-type'],
            text: () => text,
            ended: () => ended,
            request: sent,
          });
        },
      );
      opened.push(sent.on('error', reject));
    });
  }

  it('tells what happens from the moment it is open, with position, type and the event as data', async () => {
    const customer = randomUUID();
    const stream = await open(await bearer('customer_manager', customer));
    expect([stream.status, stream.type]).toEqual([200, 'text/event-stream; charset=utf-8']);
    const event = eventOf(customer);
    await app.get(EventLogSink).deliver(event);
    await eventually(() => expect(stream.text()).toContain('data: '));
    const [id, type, data] = stream.text().trim().split('\n').slice(-3);
    expect(id).toMatch(/^id: \d+$/);
    expect(type).toBe('event: groupcall_created');
    expect(data).toBe(`data: ${JSON.stringify(event)}`);
  });

  it('resumes after Last-Event-ID, which goes before the one in the address', async () => {
    const customer = randomUUID();
    const token = await bearer('customer_manager', customer);
    const [first, second] = [eventOf(customer), eventOf(customer)];
    await app.get(EventLogSink).deliver(first);
    await app.get(EventLogSink).deliver(second);
    const whole = await open(token, '?last_event_id=0');
    await eventually(() => expect(whole.text()).toContain(second.id));
    expect(whole.text()).toContain(first.id);
    const position = /^id: (\d+)$/m.exec(whole.text())![1];
    const rest = await open(token, '?last_event_id=0', { 'last-event-id': position });
    await eventually(() => expect(rest.text()).toContain(second.id));
    expect(rest.text()).not.toContain(first.id);
  });

  it('shows an agent only events of what that agent owns', async () => {
    const [customer, agentId] = [randomUUID(), randomUUID()];
    const stream = await open(await bearer('customer_agent', customer, agentId));
    const [others, mine] = [eventOf(customer), eventOf(customer, { ownerId: agentId })];
    await app.get(EventLogSink).deliver(others);
    await app.get(EventLogSink).deliver(mine);
    await eventually(() => expect(stream.text()).toContain(mine.id));
    expect(stream.text()).not.toContain(others.id);
  });

  it('is not for strangers, and needs a position that is one', async () => {
    expect((await open('')).status).toBe(401);
    const token = await bearer('customer_admin');
    expect((await open(token, '?last_event_id=-1')).status).toBe(400);
    expect((await open(token, '', { 'last-event-id': 'x' })).status).toBe(400);
    expect((await open(token, '?customer_id=' + randomUUID())).status).toBe(403);
  });

  it('is refused when the customer has too many open, and not any more when some are closed', async () => {
    const token = await bearer('customer_admin', randomUUID());
    const streams = await Promise.all(Array.from({ length: MOST_STREAMS_PER_CUSTOMER }, () => open(token)));
    expect(streams.every(({ status }) => status === 200)).toBe(true);
    expect((await open(token)).status).toBe(429);
    expect((await open(await bearer('customer_admin', randomUUID()))).status).toBe(200);
    streams[0].request.destroy();
    await eventually(async () => expect((await open(token)).status).toBe(200));
  });

  it('ends when the server stops, and does not keep it from stopping', async () => {
    const other = await startHost();
    const stream = await open(await bearer('customer_admin'), '', {}, other);
    expect(stream.status).toBe(200);
    await other.close();
    await eventually(() => expect(stream.ended()).toBe(true));
  });
});
