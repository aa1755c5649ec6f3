import type { GroupcallResource, LegResource } from '@groupcall/groupcall';
import { CreateGroupcallCommand } from '@groupcall/groupcall';
import { ManualClock } from '../../../libs/groupcall/src/adapters/in-memory/index.js';
import { startApi, type ApiAnswer, type ApiRequest, type ApiServer } from '../../e2e/support/api-server.js';
import type { DirectoryEntries } from '../scripted-directory.js';
import type { CreateRequest, ListQuery, Outcome, Target, World, WorldSettings } from '../world.js';
import { Engine } from './engine.js';
import { partsOf } from './engine-parts.js';
import { EngineWorld } from './engine-world.js';
import { inputOf } from './requests.js';

const STATUS_OF: Record<string, number> = {
  INVALID_ARGUMENT: 400,
  NOT_FOUND: 404,
  CONFLICT: 409,
  RESOURCE_EXHAUSTED: 429,
};

/** The whole server on PostgreSQL: requests over HTTP with a token; only time, the gateway and lost answers are ours. */
export class HttpTarget implements Target {
  readonly name = 'http';
  private readonly tokens = new Map<string, Promise<string>>();

  private constructor(
    private readonly api: ApiServer,
    private readonly engine: Engine,
  ) {}

  static async start(): Promise<HttpTarget> {
    const api = await startApi(
      {},
      {
        // Alarms and sweeps are played in virtual time.
        workers: { timers: false, alarms: false, sweep: false, reconciler: false },
        timings: { effectTimeout: 60_000, claimLease: 61_000 },
      },
    );
    // From the real hour on, to the full second: what the server stored at its start lies in the past.
    const clock = new ManualClock(Math.ceil(Date.now() / 1000) * 1000);
    return new HttpTarget(api, new Engine(partsOf(api.app), clock));
  }

  async open(settings: WorldSettings): Promise<World> {
    return new HttpWorld(this.engine, settings, (...asked) => this.call(...asked));
  }

  entries(): DirectoryEntries {
    const write = async (customerId: string, path: string, body: unknown) => {
      const answer =
        body === null
          ? await this.call(customerId, `DELETE ${path}`)
          : await this.call(customerId, `PUT ${path}`, { body });
      if (answer.status !== 200) throw new Error(`${path}: ${answer.text}`);
    };
    return {
      putAgent: (customerId, id, agent) => write(customerId, `/agents/${id}`, agent),
      putExtension: (customerId, name, extension) =>
        write(customerId, `/extensions/${encodeURIComponent(name)}`, extension),
      resolve: this.engine.hostResolve,
    };
  }

  close(): Promise<void> {
    return this.api.close();
  }

  private async call(customerId: string, line: string, request: ApiRequest = {}): Promise<ApiAnswer> {
    if (!this.tokens.has(customerId)) this.tokens.set(customerId, this.api.token({ customerId }));
    return this.api.call(line, { ...request, token: await this.tokens.get(customerId) });
  }
}

class HttpWorld extends EngineWorld {
  constructor(
    engine: Engine,
    settings: WorldSettings,
    private readonly call: (customerId: string, line: string, request?: ApiRequest) => Promise<ApiAnswer>,
  ) {
    super(engine, settings);
  }

  override async create({ customerId, body, key, id }: CreateRequest): Promise<Outcome> {
    // Over HTTP nobody chooses an id; another service does, over the CommandBus.
    if (id !== undefined)
      return this.outcome(new CreateGroupcallCommand({ ...inputOf(customerId, body, key), id }));
    const headers = key === undefined ? undefined : { 'idempotency-key': key };
    const answer = await this.call(customerId, 'POST /groupcalls', { body, headers });
    const location = answer.headers.get('location');
    if (answer.status === 201 && location !== `/groupcalls/${answer.body.id}`)
      throw new Error(`Location is ${location}`);
    return outcomeOfAnswer(answer, 201);
  }

  override async hangup(customerId: string, groupcallId: string): Promise<Outcome> {
    return outcomeOfAnswer(await this.call(customerId, `POST /groupcalls/${groupcallId}/hangup`), 200);
  }

  override async remove(customerId: string, groupcallId: string): Promise<Outcome> {
    return outcomeOfAnswer(await this.call(customerId, `DELETE /groupcalls/${groupcallId}`), 200);
  }

  override async read(customerId: string, groupcallId: string): Promise<Outcome> {
    return outcomeOfAnswer(await this.call(customerId, `GET /groupcalls/${groupcallId}`), 200);
  }

  override async list(
    customerId: string,
    { filter, pageSize, afterFirstPage }: ListQuery,
  ): Promise<GroupcallResource[]> {
    const all: GroupcallResource[] = [];
    for (let token = '', pages = 1; ; pages += 1) {
      const query = new URLSearchParams({
        ...filter,
        page_size: String(pageSize),
        ...(token ? { page_token: token } : {}),
      });
      const { status, text, body } = await this.call(customerId, `GET /groupcalls?${query.toString()}`);
      if (status !== 200) throw new Error(`GET /groupcalls: ${text}`);
      all.push(...(body.result as GroupcallResource[]));
      if (pages === 1) await afterFirstPage();
      token = body.next_page_token as string;
      if (token === '') return all;
    }
  }

  override async groupcalls(customerId: string, ids: readonly string[]): Promise<GroupcallResource[]> {
    const answers = await Promise.all(ids.map((id) => this.call(customerId, `GET /groupcalls/${id}`)));
    return answers.map(({ body }) => body as GroupcallResource);
  }

  override async legs(customerId: string, rootId: string): Promise<LegResource[]> {
    const { body } = await this.call(customerId, `GET /groupcalls/${rootId}/legs?tree=true`);
    return body.result as LegResource[];
  }
}

function outcomeOfAnswer({ status, headers, body, text }: ApiAnswer, success: number): Outcome {
  if (status === success) return { ok: true, value: body };
  const { reason, details = [] } = body.error as { reason: string; details?: { field: string }[] };
  if (STATUS_OF[reason] !== status) throw new Error(`${status}: ${text}`);
  if (status === 429 && !(Number(headers.get('retry-after')) > 0)) throw new Error('429 without Retry-After');
  return { ok: false, error: reason, fields: details.map(({ field }) => field) };
}
