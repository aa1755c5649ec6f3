import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import express from 'express';
import { jsonBody } from './json-body.js';
import { writeJsonAtOnce } from './json-reply.js';

/** Gives back what it has read. */
const app = express();
writeJsonAtOnce(app);
app.use(...jsonBody({ bytes: 200_000, depth: 5 }));
app.post('/', (request, response) => void response.json({ read: request.body as unknown }));
app.post('/twice', (_request, response) => {
  response.json({ first: true });
  response.json({ second: true });
});

const TEXT = JSON.stringify({ name: 'Zoë ☎ 🎉' });

describe('a body, however it comes,', () => {
  let server: Server;
  let port: number;
  beforeAll(async () => {
    server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  });
  afterAll(() => server.close());

  const post = async (body: string | Buffer, headers: Record<string, string> = {}, path = '/') => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
    });
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      body: await response.json(),
    };
  };
  const read = {
    status: 200,
    type: 'application/json; charset=utf-8',
    body: { read: JSON.parse(TEXT) as unknown },
  };

  it.each<[string, string | Buffer, Record<string, string>]>([
    ['as it is', TEXT, {}],
    ['with a charset', TEXT, { 'content-type': 'application/json; charset=UTF-8' }],
    ['with other parameters', TEXT, { 'content-type': 'application/json;version=1' }],
    ['with a byte order mark', `\ufeff${TEXT}`, {}],
    ['compressed', gzipSync(TEXT), { 'content-encoding': 'gzip' }],
    [
      'in another charset',
      Buffer.from(TEXT, 'utf16le'),
      { 'content-type': 'application/json; charset=utf-16le' },
    ],
  ])('%s, is read', async (_how, body, headers) => {
    expect(await post(body, headers)).toEqual(read);
  });

  it('larger than usual, is read', async () => {
    const large = { texts: Array.from({ length: 1_000 }, () => 'x'.repeat(100)) };
    expect((await post(JSON.stringify(large))).body).toEqual({ read: large });
  });

  it('in pieces that cut a character in two, is read', async () => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const bytes = Buffer.from(TEXT);
    const cut = bytes.indexOf('☎') + 1;
    const head = `POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${bytes.length}\r\n\r\n`;
    socket.write(Buffer.concat([Buffer.from(head), bytes.subarray(0, cut)]));
    await new Promise((resolve) => setImmediate(resolve));
    socket.write(bytes.subarray(cut));
    let reply = '';
    for await (const chunk of socket.setEncoding('utf8')) reply += chunk as string;
    expect(reply.slice(reply.indexOf('\r\n\r\n') + 4)).toBe(JSON.stringify({ read: JSON.parse(TEXT) }));
  });

  it('gets one answer, whatever comes later', async () => {
    expect((await post('{}', {}, '/twice')).body).toEqual({ first: true });
  });
});
