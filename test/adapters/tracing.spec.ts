import { randomUUID } from 'node:crypto';
import { context, SpanKind, trace, type SpanContext } from '@opentelemetry/api';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-base';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  CallNotifications,
  CreateGroupcallCommand,
  GroupcallModule,
  GroupcallReader,
  type GroupcallModuleForRootOptions,
} from '@groupcall/groupcall';
import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import { eventually } from '../support/eventually.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { describeWithRedis, redisUrl } from '../support/servers.js';
import { migrate, startClient, startEngine } from './command-queue.environment.js';
import { Phones, PhonesModule } from './hosts/phones.js';
import { closeDatabases, database, NO_QUEUE, startHost } from './hosts/start-host.js';

const CUSTOMER = randomUUID();
const NUMBERS = ['+4930111222', '+4930333444', '+4930555666'];
const CALLER = '+4940777888';

const shown = new InMemorySpanExporter();
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(shown)] });
const tests = provider.getTracer('the test');
let postgres: TestDatabase;

beforeAll(async () => {
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  postgres = await createTestDatabase();
});
beforeEach(() => shown.reset());
afterAll(async () => {
  await closeDatabases();
  await postgres.drop();
  trace.disable();
  context.disable();
});

const tel = (target: string) => ({ type: 'tel' as const, target });
const create = () =>
  new CreateGroupcallCommand({
    customerId: CUSTOMER,
    source: tel(CALLER),
    destinations: NUMBERS.map(tel),
    ringMethod: 'ring_all',
    answerMethod: 'hangup_others',
  });

/** As the host's own instrumentation does around a request. */
async function request<T>(name: string, work: () => Promise<T>): Promise<{ result: T; span: SpanContext }> {
  return tests.startActiveSpan(name, { kind: SpanKind.SERVER, root: true }, async (span) => {
    try {
      return { result: await work(), span: span.spanContext() };
    } finally {
      span.end();
    }
  });
}

const spans = () => shown.getFinishedSpans();
const inTrace = ({ traceId }: SpanContext, name: string) =>
  spans().filter((span) => span.name === name && span.spanContext().traceId === traceId);
const idOf = (span: ReadableSpan) => span.spanContext().spanId;
const parentOf = (span: ReadableSpan) => span.parentSpanContext?.spanId;

describe('Traces', () => {
  let host: INestApplicationContext;
  const engine = (options: Partial<GroupcallModuleForRootOptions> = {}) =>
    GroupcallModule.forRoot({ imports: [PhonesModule], gateway: Phones, queue: NO_QUEUE, ...options });

  beforeAll(async () => {
    host = await startHost(CqrsModule.forRoot(), database(postgres.url), engine());
  });
  afterAll(() => host?.close());

  const ring = async () => {
    const phones = host.get(Phones);
    const before = phones.rung.length;
    const { result, span } = await request('POST /groupcalls', () => host.get(CommandBus).execute(create()));
    const legs = await eventually(async () => {
      const rung = phones.rung.slice(before);
      expect(rung).toHaveLength(NUMBERS.length);
      return rung.map(({ id }) => id);
    });
    return { groupcall: result, span, legs };
  };

  it('lead from a request through command, turn and commit to each phone that rings', async () => {
    const { span, groupcall, legs } = await ring();
    await eventually(async () => expect(inTrace(span, 'effect dial')).toHaveLength(3));
    const [command] = inTrace(span, 'command create_groupcall');
    const turn = inTrace(span, 'turn').find((one) => parentOf(one) === idOf(command))!;
    const commit = inTrace(span, 'commit').find((one) => parentOf(one) === idOf(turn))!;
    const dials = inTrace(span, 'effect dial');

    expect(parentOf(command)).toBe(span.spanId);
    expect(command.attributes).toMatchObject({ 'groupcall.root_id': groupcall.id });
    expect(turn.links.map((link) => link.context.spanId)).toEqual([idOf(command)]);
    expect(turn.attributes).toMatchObject({
      'groupcall.turn.commands': 1,
      'groupcall.turn.outcome': 'committed',
    });
    expect(commit.links.map((link) => link.context.spanId)).toEqual([idOf(turn)]);
    expect(commit.attributes).toMatchObject({
      'groupcall.commit.turns': 1,
      'groupcall.commit.outcome': 'known',
    });
    expect(dials.map(parentOf)).toEqual([idOf(command), idOf(command), idOf(command)]);
    expect(dials.map((dial) => dial.links[0].context.spanId)).toEqual(dials.map(() => idOf(turn)));
    expect(dials.map((dial) => dial.attributes['groupcall.leg_id']).sort()).toEqual([...legs].sort());
    // What the gateway has said belongs to the dialling.
    await eventually(async () => expect(inTrace(span, 'command handle_dial_outcome')).toHaveLength(3));
    expect(new Set(inTrace(span, 'command handle_dial_outcome').map(parentOf))).toEqual(
      new Set(dials.map(idOf)),
    );
    expect(inTrace(span, 'effect publish').map((one) => one.attributes['groupcall.event'])).toContain(
      'groupcall_created',
    );
  });

  it('show which answer has hung the others up', async () => {
    const { span: created, legs } = await ring();
    const [winner, ...losers] = legs;
    const { span, result } = await request('POST /calls/answer', () =>
      host.get(CallNotifications).answered(winner),
    );
    expect(result).toBe('won');
    await eventually(async () => expect(inTrace(span, 'effect hangup')).toHaveLength(2));
    const hangups = inTrace(span, 'effect hangup');
    expect(hangups.map((one) => one.attributes['groupcall.leg_id']).sort()).toEqual([...losers].sort());
    const [command] = inTrace(span, 'command handle_answer');
    expect(hangups.map(parentOf)).toEqual([idOf(command), idOf(command)]);
    expect(inTrace(created, 'effect hangup')).toEqual([]);
  });

  it('of commands that share a turn lead to that turn, and it leads back to each of them', async () => {
    const { legs } = await ring();
    const requests = await Promise.all(
      legs.map((leg) => request(`ringing ${leg}`, () => host.get(CallNotifications).ringing(leg))),
    );
    const commands = requests.map(({ span }) => inTrace(span, 'command handle_ringing')[0]);
    const shared = spans().find(
      ({ name, links }) =>
        name === 'turn' && links.some(({ context }) => context.spanId === idOf(commands[0])),
    )!;
    expect(shared.links.map((link) => link.context.spanId).sort()).toEqual(commands.map(idOf).sort());
  });

  it('say that a command was refused, and that is no failure', async () => {
    const { span } = await request('answer', () =>
      host
        .get(CallNotifications)
        .answered(randomUUID())
        .catch(() => undefined),
    );
    const [command] = inTrace(span, 'command handle_answer');
    expect(command.attributes['error.type']).toBe('NOT_FOUND');
    expect(command.status).toEqual({ code: 0 });
  });

  it('hold no number, no address and no words of an error', async () => {
    const { groupcall } = await ring();
    expect(await host.get(GroupcallReader).findGroupcall(CUSTOMER, groupcall.id)).toMatchObject({
      id: groupcall.id,
    });
    const all = JSON.stringify(
      spans().map(({ name, attributes, events, status, links }) => [name, attributes, events, status, links]),
    );
    for (const number of [...NUMBERS, CALLER]) expect(all).not.toContain(number.slice(1));
    expect(all).not.toMatch(/exception|message|stack/);
  });
});

describeWithRedis('A trace', () => {
  it('goes along with a command into another process', async () => {
    const queue = { backend: 'redis', url: redisUrl(), prefix: `tracing-${randomUUID()}` } as const;
    const own = await createTestDatabase();
    await migrate(own.url);
    const engine = await startEngine(own.url, queue);
    const client = await startClient({ queue });
    try {
      const { span } = await request('GET /somewhere', () => client.get(CommandBus).execute(create()));
      const [sent] = inTrace(span, 'send create_groupcall');
      const [command] = inTrace(span, 'command create_groupcall');
      expect(sent.kind).toBe(SpanKind.PRODUCER);
      expect(parentOf(command)).toBe(idOf(sent));
      await eventually(async () => expect(inTrace(span, 'effect dial')).toHaveLength(3));
    } finally {
      await client.close();
      await engine.close();
      await own.drop();
    }
  });
});
