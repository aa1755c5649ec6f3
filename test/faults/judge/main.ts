import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Random } from '../random.js';
import { jsonOf, reply } from '../wire.js';
import { Ledger, type CallOrder, type DeliveredEvent } from './ledger.js';
import { Moods, type Suffering } from './moods.js';
import { Notifier, type Delivery } from './notifier.js';
import { Switchboard } from './switchboard.js';

// The judge: a process that outlives every server under test and keeps its own record of what really happened.
const random = new Random(Number(process.argv[3]));
const ledger = new Ledger(process.argv[2]);
const notifier = new Notifier(ledger, random);
const switchboard = new Switchboard(ledger, (news) => notifier.tell(news));
const moods = new Moods(random);

const SLOW = { least: 300, most: 1_500 };
/** Longer than any server waits for a gateway, ms. */
const NEVER = 60_000;

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** The gateway as the servers see it. */
function gateway(method: string, path: string[], query: URLSearchParams, body: unknown): Answer | null {
  const account = path[1];
  const id = path[3];
  switch (`${method} ${path[2]} ${path.length}`) {
    case 'PUT calls 4': {
      const outcome = switchboard.create(account, id, body as CallOrder);
      return { status: { placed: 201, known: 200, refused: 410, conflict: 409 }[outcome], body: { outcome } };
    }
    case 'DELETE calls 4':
      return { status: 200, body: { found: switchboard.hangup(account, id, query.get('reason') ?? '') } };
    case 'GET calls 4':
      return { status: 200, body: switchboard.find(id) };
    case 'GET calls 3': {
      const calls = switchboard.living(account).filter((call) => call.id > (query.get('after') ?? ''));
      return { status: 200, body: calls.slice(0, Number(query.get('limit'))) };
    }
    default:
      return null;
  }
}

/** What the laboratory says, and where events are delivered: never in a bad mood. */
function desk(method: string, path: string[], body: unknown): Answer | null {
  const account = path[1];
  switch (`${method} ${path[2]}`) {
    case 'POST events':
      ledger.note(account, { kind: 'event', event: body as DeliveredEvent });
      return { status: 204, body: undefined };
    case 'POST delivery':
      notifier.deliver(account, body as Partial<Delivery>);
      return { status: 204, body: undefined };
    case 'POST mood':
      moods.set(account, body as Suffering);
      return { status: 204, body: undefined };
    case 'GET living':
      return { status: 200, body: switchboard.living(account) };
    case 'GET pending':
      return { status: 200, body: { pending: notifier.pending(account) } };
    default:
      return null;
  }
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://judge');
  const path = url.pathname.split('/').map(decodeURIComponent);
  const method = request.method ?? '';
  const body = await jsonOf(request);
  const quiet = desk(method, path, body);
  if (quiet) return reply(response, quiet.status, quiet.body);
  const mood = moods.next(path[1]);
  if (mood === 'error') return reply(response, 500, { error: 'the switchboard is on fire' });
  if (mood === 'lost_request') return silence(response);
  if (mood === 'slow') await delay(random.between(SLOW.least, SLOW.most));
  const answer = gateway(method, path, url.searchParams, body);
  if (mood === 'lost_reply') return silence(response);
  reply(response, answer?.status ?? 404, answer?.body);
}

/** Half of the time the connection breaks, half of the time nothing is ever said. */
function silence(response: ServerResponse): void {
  if (random.chance(0.5)) response.destroy();
  else setTimeout(() => response.destroy(), NEVER).unref();
}

const server = createServer((request, response) => {
  handle(request, response).catch((error: unknown) => reply(response, 400, { error: String(error) }));
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  process.send?.({ type: 'ready', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});
process.on('disconnect', () => process.exit(0));
