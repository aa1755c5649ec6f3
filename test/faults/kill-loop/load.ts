import { setTimeout as delay } from 'node:timers/promises';
import type { CallerRecord } from '../checker/records.js';
import type { Random } from '../random.js';
import { call, type Reply } from '../world/caller.js';
import { randomRequest } from './random-request.js';

/** Tries of one wish; the servers are killed about once a second, so a few in a row may fail. */
const MOST_TRIES = 25;
const MOST_REFUSALS = 4;
/** Callers who wait for their groupcall at once: a machine that is too slow for the load gets less of it, not a longer queue. */
const MOST_WAITING = 5;

interface OpenRecord extends CallerRecord {
  readonly replies: { status: number; id?: string; message?: string }[];
  readonly misuse: number[];
}

/** Callers who want groupcalls, and some who change their mind. Each tries again, with the same key, until it knows. */
export class Load {
  /** Broken promises that only a caller can see. */
  readonly complaints: string[] = [];
  readonly latencies: number[] = [];
  private records: OpenRecord[] = [];
  private readonly lives = new Set<Promise<void>>();
  private count = 0;
  private waiting = 0;
  private stopped = false;

  constructor(
    private readonly random: Random,
    private readonly urls: readonly string[],
    private readonly customers: readonly string[],
    private readonly run: string,
  ) {}

  /** @param perSecond how many new wishes */
  async keepGoing(perSecond: number): Promise<void> {
    this.stopped = false;
    while (!this.stopped) {
      await delay(this.random.between(200, 1_800) / perSecond);
      if (this.waiting >= MOST_WAITING || this.stopped) continue;
      const life = this.live().finally(() => this.lives.delete(life));
      this.lives.add(life);
    }
  }

  /** Resolves when everybody knows what they wanted to know. */
  async stop(): Promise<void> {
    this.stopped = true;
    while (this.lives.size > 0) await Promise.allSettled(this.lives);
  }

  takeRecords(): CallerRecord[] {
    const taken = this.records;
    this.records = [];
    return taken;
  }

  /** Ends one groupcall, whatever it takes. */
  async hangup(id: string, method = 'POST', path = '/hangup'): Promise<void> {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const { status, body } = await call(`${this.random.pick(this.urls)}/groupcalls/${id}${path}`, method);
      if (status === 200) return;
      if (status === 404)
        return void this.complaints.push(`groupcall ${id} was promised and cannot be found`);
      if (status !== 0 && status !== 503) {
        return void this.complaints.push(`hangup of ${id} was answered ${status}: ${body.message ?? ''}`);
      }
      await delay(this.random.between(50, 400));
    }
  }

  private async live(): Promise<void> {
    this.count += 1;
    const { random } = this;
    const request = randomRequest(random, this.customers, `${this.run}-${this.count}`);
    const record: OpenRecord = { key: request.idempotencyKey!, replies: [], misuse: [] };
    this.records.push(record);
    const impatient = random.chance(0.1);
    // Two at once with one key, to two servers.
    const rivals = random.chance(0.1) ? 2 : 1;
    this.waiting += 1;
    const ids = await Promise.all(
      Array.from({ length: rivals }, () => this.create(request, record, impatient)),
    );
    this.waiting -= 1;
    const id = ids.find((one) => one !== null);
    if (!id) return;
    if (random.chance(0.1)) {
      const other = { ...request, dialTimeout: request.dialTimeout! + 1 };
      record.misuse.push((await this.post('/groupcalls', other)).status);
    }
    const wish = random.next();
    if (wish > 0.35) return;
    await delay(random.between(20, 2_500));
    if (wish > 0.1) await this.hangup(id);
    else await this.hangup(id, 'DELETE', '');
  }

  private async create(request: object, record: OpenRecord, impatient: boolean): Promise<string | null> {
    let refusals = 0;
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const { status, body, took } = await this.post('/groupcalls', request);
      record.replies.push({ status, id: body.id, message: body.message });
      if (status === 201) {
        this.latencies.push(took);
        return body.id ?? null;
      }
      if (status === 429) refusals += 1;
      if (impatient || refusals >= MOST_REFUSALS || (status !== 0 && status !== 503 && status !== 429))
        return null;
      await delay(this.random.between(50, 400));
    }
    return null;
  }

  private post(path: string, body: unknown): Promise<Reply> {
    return call(this.random.pick(this.urls) + path, 'POST', body);
  }
}
