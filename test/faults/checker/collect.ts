import type { DatabaseServer } from '../world/database-server.js';
import type { JudgeClient } from '../world/judge-client.js';
import type { CallerRecord, Records } from './records.js';

interface Source {
  readonly databases: DatabaseServer;
  readonly database: string;
  readonly judge: JudgeClient;
  readonly account: string;
}

/** Gathers what has happened since the last time, and begins a new page in the database's own records. */
export async function collect(
  { databases, database, judge, account }: Source,
  callers: readonly CallerRecord[],
  limits: Records['limits'],
): Promise<Records> {
  const living = await judge.living(account);
  const testimony = await databases.testimony(database);
  return {
    ...testimony,
    ledger: judge.takeEntries(account),
    callers,
    living: living.map((call) => call.id),
    limits,
  };
}
