import pg from 'pg';
import type { ContenderName, ContenderOptions } from '../contenders/contender.js';
import type { ProcessSample, ThroughputRequest } from '../process/protocol.js';
import { Child } from './child.js';
import type { BenchPostgres } from './postgres.js';
import { walPosition } from './wal.js';

/** What one contender has cost in one round, the database's share included. */
export interface Sample extends ProcessSample {
  /** CPU time of PostgreSQL, ms; null when it cannot be read. */
  readonly postgresCpu: number | null;
  /** Bytes of WAL, all databases of the server together. */
  readonly wal: number;
}

export interface Member {
  readonly label: string;
  readonly name: ContenderName;
  readonly queue: (databaseUrl: string) => ContenderOptions['queue'];
}

/** The contenders, each in a process and with a database of its own. Only the one that is asked is running. */
export class Team {
  private readonly children = new Map<string, Child>();
  private readonly databases: string[] = [];

  constructor(private readonly postgres: BenchPostgres) {}

  async start(members: readonly Member[]): Promise<void> {
    await Promise.all(
      members.map(async ({ label, name, queue }, index) => {
        const databaseUrl = await this.postgres.createDatabase(`${name}_${index}`);
        this.databases.push(databaseUrl);
        const child = Child.start(label);
        this.children.set(label, child);
        await child.ask('start', { name, options: { databaseUrl, queue: queue(databaseUrl) } });
      }),
    );
    for (const child of this.children.values()) await rest(child);
  }

  async run(label: string, request: ThroughputRequest): Promise<Sample> {
    const child = this.children.get(label)!;
    const { cpu, admin } = this.postgres;
    child.resume();
    // What has become due while it was held still is not part of what is measured.
    await child.ask('quiet');
    try {
      const [cpuBefore, walBefore] = [await cpu.read(), await walPosition(admin)];
      const sample = await child.ask<ProcessSample>('run', request);
      const [cpuAfter, walAfter] = [await cpu.read(), await walPosition(admin)];
      const postgresCpu = cpuBefore === null || cpuAfter === null ? null : cpuAfter - cpuBefore;
      return { ...sample, postgresCpu, wal: walAfter - walBefore };
    } finally {
      await rest(child);
    }
  }

  /** What autovacuum does of its own accord in any quiet moment, for all of them at the same time: plans are made anew. */
  async vacuum(): Promise<void> {
    for (const connectionString of this.databases) {
      const client = new pg.Client({ connectionString });
      await client.connect();
      await client.query('VACUUM ANALYZE').finally(() => client.end());
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.children.values()].map((child) => child.stop()));
  }
}

/** Held still in the middle of something, it would find its own time limits over when it goes on. */
async function rest(child: Child): Promise<void> {
  await child.ask('quiet');
  child.pause();
}
