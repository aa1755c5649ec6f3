import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface HttpSample {
  readonly requests: number;
  readonly ms: number;
}

/**
 * Sends the same POST again and again over `connections` kept-alive connections. Written for a server under test that
 * shares the machine with it: nothing of the reply is read but its status and its length.
 * @throws Error when a reply is not a 201
 */
export async function postAgainAndAgain(
  target: { url: string; authorization: string },
  body: object,
  connections: number,
  ms: number,
): Promise<HttpSample> {
  const { hostname, port } = new URL(target.url);
  const text = JSON.stringify(body);
  const request = Buffer.from(
    `POST /groupcalls HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: application/json\r\n` +
      `${target.authorization ? `authorization: ${target.authorization}\r\n` : ''}content-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  );
  const start = performance.now();
  const counts = await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = connect({ host: hostname, port: Number(port), noDelay: true });
      await once(socket, 'connect');
      try {
        return await pingPong(socket, request, start + ms);
      } finally {
        socket.destroy();
      }
    }),
  );
  return { requests: counts.reduce((sum, count) => sum + count, 0), ms: performance.now() - start };
}

function pingPong(socket: Socket, request: Buffer, end: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let requests = 0;
    let pending = '';
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('The server has closed a connection.')));
    socket.on('data', (chunk) => {
      pending += chunk.toString('latin1');
      const head = pending.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(pending)?.[1] ?? NaN);
      if (pending.length < head + 4 + length) return;
      if (!pending.startsWith('HTTP/1.1 201')) return reject(new Error(pending.slice(0, 500)));
      pending = '';
      requests += 1;
      if (performance.now() >= end) return resolve(requests);
      socket.write(request);
    });
    socket.write(request);
  });
}
