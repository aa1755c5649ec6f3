import { closeSync, openSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RedisServer } from '../../support/redis-server.js';
import type { DatabaseKind, DatabaseServer } from './database-server.js';
import { JudgeClient } from './judge-client.js';
import { Nursery } from './lab-server.js';
import { openDatabaseServer } from './open-database-server.js';

/** Everything that the servers under test live on, all of it ours to break. */
export class Laboratory {
  private linesRead = 0;

  private constructor(
    readonly folder: string,
    readonly databases: DatabaseServer,
    readonly redis: RedisServer,
    readonly judge: JudgeClient,
    readonly nursery: Nursery,
    readonly serverLog: number,
  ) {}

  /** @param spares how many server processes are kept loaded */
  static async open(seed: number, spares: number, kind: DatabaseKind): Promise<Laboratory> {
    const folder = await mkdtemp(join(tmpdir(), 'groupcall-faults-'));
    await chmod(folder, 0o755);
    const serverLog = openSync(join(folder, 'servers.log'), 'a');
    const [databases, redis, judge] = await Promise.all([
      openDatabaseServer(kind, folder),
      RedisServer.reserve().then((server) => server.start({ 'maxmemory-policy': 'noeviction', hz: '50' })),
      JudgeClient.start(join(folder, 'judge.jsonl'), seed),
    ]);
    return new Laboratory(folder, databases, redis, judge, new Nursery(serverLog, spares), serverLog);
  }

  /**
   * What the servers have written about themselves since the last time and must never write: unhandled rejections,
   * leaking listeners, decisions that threw.
   */
  newDefects(): string[] {
    const lines = this.log().split('\n');
    const fresh = lines.slice(this.linesRead, -1);
    this.linesRead += fresh.length;
    return fresh.filter((line) => /^FAULT |Deciding \w+ (on tree|failed)/.test(line));
  }

  logTail(lines = 40): string {
    return this.log().split('\n').slice(-lines).join('\n');
  }

  /** @param keep the folder with all logs stays, for whoever has to look into it */
  async close(keep: boolean): Promise<void> {
    this.nursery.close();
    this.judge.stop();
    await Promise.allSettled([this.databases.stop('immediate'), this.redis.stop()]);
    closeSync(this.serverLog);
    if (!keep) await rm(this.folder, { recursive: true, force: true });
  }

  private log(): string {
    return readFileSync(join(this.folder, 'servers.log'), 'utf8');
  }
}
