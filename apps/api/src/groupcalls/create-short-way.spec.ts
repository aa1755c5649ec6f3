import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { CreateGroupcallCommand, OverloadedError } from '@groupcall/groupcall';
import { Logger } from '@nestjs/common';
import type { CommandBus } from '@nestjs/cqrs';
import { AccessTokens, type TokenClaims } from '../auth/index.js';
import { currentRequest } from '../http/request-context.js';
import { REQUEST_DEADLINE } from '../http/request-deadline.js';
import { CreateShortWay } from './create-short-way.js';

const CUSTOMER = '01900000-0000-7000-8000-00000000000a';
const ID = '019a8f3e-5c1b-7d2a-9e64-3f0b8a7c1d25';
const BODY = JSON.stringify({ destinations: [{ type: 'sip', target: 'ring@sim' }] });

const tokens = new AccessTokens({ secret: 'known to this test only', issuer: 'i', audience: 'a' });
const execute = jest.fn<Promise<object>, [CreateGroupcallCommand]>();
const way = new CreateShortWay({
  tokens,
  commands: { execute } as unknown as CommandBus,
  limits: { bytes: 1_000, depth: 5 },
  headers: [['X-Always', 'here']],
});

/** What brings a request here and its answer back goes on. */
const ONLY_TIMERS: Parameters<typeof jest.useFakeTimers>[0] = {
  doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance', 'Date'],
};

/** A token that somebody has used before. */
async function knownToken(claims: Partial<TokenClaims> = {}): Promise<string> {
  const token = await tokens.issue({ role: 'customer_admin', customerId: CUSTOMER, ...claims }, '1h');
  await tokens.verify(token);
  return token;
}

describe('the short way of a create', () => {
  let server: Server;
  let token: string;
  beforeAll(async () => {
    token = await knownToken();
    server = createServer((request, response) => {
      // Whoever stops the server says so at each response before anybody else.
      response.setHeader('Connection', 'close');
      if (!way.take(request, response)) response.writeHead(299).end('{}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => server.close());
  beforeEach(() => execute.mockReset().mockResolvedValue({ id: ID }));
  afterEach(() => jest.useRealTimers());

  const port = () => (server.address() as AddressInfo).port;
  const send = async (change: RequestInit & { path?: string } = {}) => {
    const response = await fetch(`http://127.0.0.1:${port()}${change.path ?? '/groupcalls'}`, {
      method: 'POST',
      body: BODY,
      ...change,
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${token}`,
        'x-request-id': 'r-1',
        ...(change.headers as Record<string, string>),
      },
    });
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as { error?: object },
    };
  };

  it('sends the command and answers with all headers', async () => {
    const { status, headers, body } = await send({ headers: { 'idempotency-key': 'k' } });
    expect(execute.mock.calls[0][0]).toBeInstanceOf(CreateGroupcallCommand);
    expect(execute.mock.calls[0][0].input).toMatchObject({
      customerId: CUSTOMER,
      idempotencyKey: 'k',
      destinations: [{ type: 'sip', target: 'ring@sim' }],
    });
    expect({ status, body }).toEqual({ status: 201, body: { id: ID } });
    expect(Object.fromEntries(headers)).toEqual({
      'x-request-id': 'r-1',
      'x-always': 'here',
      location: `/groupcalls/${ID}`,
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(JSON.stringify({ id: ID }).length),
      date: expect.any(String),
      connection: 'close',
    });
  });

  it('tells the log whose request it is', async () => {
    execute.mockImplementation(async () => {
      await Promise.resolve();
      return { id: ID, request: currentRequest() };
    });
    expect((await send()).body).toEqual({ id: ID, request: { id: 'r-1', url: '/groupcalls' } });
  });

  it('answers a refusal as every other route', async () => {
    execute.mockRejectedValue(new OverloadedError('Too much to do.', 2_500));
    const { status, headers, body } = await send();
    expect(status).toBe(503);
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-request-id': 'r-1',
      'x-always': 'here',
      'retry-after': '3',
      'content-type': 'application/json; charset=utf-8',
    });
    expect(body.error).toMatchObject({ status: 503, reason: 'UNAVAILABLE', request_id: 'r-1' });
  });

  it('refuses a body that is no such request', async () => {
    expect((await send({ body: '{"destinations"' })).body.error).toMatchObject({
      request_id: 'r-1',
      status: 400,
    });
    expect((await send({ body: '{"id":"x"}' })).body.error).toMatchObject({ request_id: 'r-1', status: 400 });
    expect(execute).not.toHaveBeenCalled();
  });

  it('has a deadline, and what comes later is not heard', async () => {
    jest.useFakeTimers(ONLY_TIMERS);
    jest.spyOn(Logger.prototype, 'error').mockReturnValue();
    let finish!: (groupcall: object) => void;
    execute.mockImplementation(() => {
      setImmediate(() => jest.advanceTimersByTime(REQUEST_DEADLINE));
      return new Promise((resolve) => (finish = resolve));
    });
    const { status, headers, body } = await send();
    expect(status).toBe(503);
    expect(headers.get('x-always')).toBe('here');
    expect(body.error).toMatchObject({ reason: 'UNAVAILABLE', request_id: 'r-1' });
    finish({ id: ID });
    execute.mockReset().mockResolvedValue({ id: ID });
    expect((await send()).status).toBe(201);
  });

  it('lets go of the deadline of one who has hung up', async () => {
    jest.useFakeTimers(ONLY_TIMERS);
    const response = new Promise<ServerResponse>((resolve) => server.once('request', (_, it) => resolve(it)));
    const asked = new Promise<void>((resolve) =>
      execute.mockImplementation(() => {
        resolve();
        return new Promise(() => undefined);
      }),
    );
    const socket = connect(port(), '127.0.0.1');
    socket.write(
      `POST /groupcalls HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`,
    );
    await asked;
    expect(jest.getTimerCount()).toBe(1);
    const closed = once(await response, 'close');
    socket.destroy();
    await closed;
    expect(jest.getTimerCount()).toBe(0);
  });

  it.each<[string, RequestInit & { path?: string }]>([
    ['with a query', { path: '/groupcalls?customer_id=x' }],
    ['written otherwise', { path: '/groupcalls/' }],
    ['of another route', { path: '/groupcalls/preview' }],
    ['of another method', { method: 'PUT' }],
    ['without a body', { body: null }],
    ['of another type', { headers: { 'content-type': 'text/plain' } }],
    ['in another charset', { headers: { 'content-type': 'application/json; charset=utf-16le' } }],
    ['that is compressed', { headers: { 'content-encoding': 'gzip' } }],
    ['that is too large', { body: `{"flow_id":"${'x'.repeat(1_000)}"}` }],
    ['without a token', { headers: { authorization: '' } }],
    ['with another scheme', { headers: { authorization: 'Basic eDp5' } }],
    ['with a token that is none', { headers: { authorization: 'Bearer x.y.z' } }],
  ])('leaves alone a request %s', async (_, change) => {
    expect((await send(change)).status).toBe(299);
    expect(execute).not.toHaveBeenCalled();
  });

  it('leaves alone whoever is not known or may not', async () => {
    const AGENT = { role: 'customer_agent', agentId: CUSTOMER } as const;
    const unknown = await tokens.issue({ role: 'customer_admin', customerId: CUSTOMER }, '2h');
    const others = [await knownToken(AGENT), await knownToken({ role: 'platform_admin' }), unknown];
    for (const other of others) {
      expect((await send({ headers: { authorization: `Bearer ${other}` } })).status).toBe(299);
    }
    await tokens.verify(unknown);
    expect((await send({ headers: { authorization: `bearer ${unknown}` } })).status).toBe(201);
  });
});
