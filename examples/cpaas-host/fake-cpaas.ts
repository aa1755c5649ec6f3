import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sign } from './signature.js';

type State = 'ringing' | 'answered' | 'ended';
interface Call {
  readonly id: string;
  readonly to: string;
  readonly webhook: string;
  state: State;
  reason?: string;
}

/** A telephone service as there are many, with phones that are played by hand. */
export class FakeCpaas {
  /** Every order to place a call that has arrived, repeats too. */
  orders = 0;
  /** The next orders are carried out, and their replies get lost. */
  loseReplies = 0;
  private readonly calls = new Map<string, Call>();
  private readonly tombstones = new Set<string>();
  private server!: Server;

  constructor(private readonly secret: string) {}

  async listen(): Promise<string> {
    this.server = createServer((request, response) => {
      void this.answer(request).then(({ status, body }) => {
        if (status === 0) response.destroy();
        else
          response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body ?? {}));
      });
    });
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Numbers of calls in that state. */
  numbers(state: State): string[] {
    return [...this.calls.values()].filter((call) => call.state === state).map(({ to }) => to);
  }

  /** Somebody picks up, and the service tells it as bad services do: twice, and that it rings afterwards. */
  async answered(to: string): Promise<number[]> {
    const call = this.find(to);
    call.state = 'answered';
    return [
      await this.tell(call, 'answered'),
      await this.tell(call, 'answered'),
      await this.tell(call, 'ringing'),
    ];
  }

  async completed(to: string, reason: string): Promise<number> {
    const call = this.find(to);
    Object.assign(call, { state: 'ended', reason });
    return this.tell(call, 'completed', reason);
  }

  /** @param secret another one makes a forgery of it. @returns the host's status */
  async tell(call: Call | string, event: string, reason?: string, secret = this.secret): Promise<number> {
    const { id, webhook } = typeof call === 'string' ? this.find(call) : call;
    const body = JSON.stringify({ reference: id, event, reason });
    const response = await fetch(webhook, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Signature': sign(secret, body, Date.now()) },
      body,
    });
    return response.status;
  }

  private find(to: string): Call {
    const call = [...this.calls.values()].find((one) => one.to === to && one.state !== 'ended');
    if (!call) throw new Error(`There is no call to ${to}.`);
    return call;
  }

  private async answer(request: IncomingMessage): Promise<{ status: number; body?: unknown }> {
    const url = new URL(request.url ?? '/', 'http://cpaas');
    const [, , id, action] = url.pathname.split('/');
    const body = await readJson(request);
    if (request.method === 'POST' && !id)
      return this.create(request.headers['idempotency-key'] as string, body);
    if (request.method === 'GET' && !id) return { status: 200, body: this.list(url.searchParams) };
    if (action === 'hangup')
      return { status: 200, body: { found: await this.hangUp(id, String(body.reason)) } };
    const call = this.calls.get(id);
    return call ? { status: 200, body: shown(call) } : { status: 404 };
  }

  private create(key: string, { to, webhook }: Record<string, unknown>): { status: number; body?: unknown } {
    this.orders += 1;
    if (this.tombstones.has(key)) return { status: 409 };
    if (!this.calls.has(key))
      this.calls.set(key, { id: key, to: String(to), webhook: String(webhook), state: 'ringing' });
    if (this.loseReplies > 0) {
      this.loseReplies -= 1;
      return { status: 0 };
    }
    return { status: 201, body: shown(this.calls.get(key)!) };
  }

  private async hangUp(id: string, reason: string): Promise<State | 'unknown'> {
    this.tombstones.add(id);
    const call = this.calls.get(id);
    if (!call) return 'unknown';
    const found = call.state;
    if (found !== 'ended') {
      Object.assign(call, { state: 'ended', reason });
      void this.tell(call, 'completed', reason);
    }
    return found;
  }

  private list(page: URLSearchParams) {
    return [...this.calls.values()]
      .filter(({ id, state }) => state !== 'ended' && id > page.get('after')!)
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .slice(0, Number(page.get('limit')))
      .map(shown);
  }
}

const shown = ({ id, state, reason }: Call) => ({ id, state, ...(reason ? { reason } : {}) });

async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return parts.length === 0 ? {} : (JSON.parse(Buffer.concat(parts).toString()) as Record<string, unknown>);
}
