import * as bullmq from 'bullmq';
import { QueueRefusedError } from './job-queue.js';
import type { PostgresSockets } from './postgres-sockets.js';
import { settled, within } from './within.js';

const CONNECT_TIMEOUT = 2_000;
/** How long to wait for a process that migrates at the same time. */
const MIGRATE_TIMEOUT = 10_000;

/**
 * Reaches the server and brings BullMQ's schema up to date; several processes may do so at once (BullMQ takes an
 * advisory lock). A schema that is up to date is only read: the role then needs no right to create anything.
 * @throws QueueRefusedError when the schema cannot be made or used; any other error when the server is away
 */
export async function prepareSchema(url: string, schema: string, sockets: PostgresSockets): Promise<void> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    statement_timeout: MIGRATE_TIMEOUT,
    stream: sockets.create,
  });
  // Without a listener, a connection that breaks while idle would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await within(migrate(client, schema), MIGRATE_TIMEOUT + 1_000);
  } catch (error) {
    throw refusal(error, schema) ?? error;
  } finally {
    await settled(client.end(), 500);
  }
}

async function migrate(client: bullmq.PgQueryable, schema: string): Promise<void> {
  try {
    const version = await bullmq.assertSchemaCompatibility(client, schema);
    if (version >= bullmq.LATEST_SCHEMA_VERSION) return;
  } catch (error) {
    if (!(error instanceof bullmq.SchemaMigrationRequiredError)) throw error;
  }
  await bullmq.runMigrations(client, schema);
}

/** SQLSTATE classes that pass by themselves: connection, rollback, resources, not now, intervention, system. */
const TRANSIENT = /^(08|40|53|55|57|58)/;

/** What waiting does not help against, with what to do about it; undefined for everything else. */
export function refusal(error: unknown, schema: string): QueueRefusedError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as { code?: unknown };
  // 08P01 is also what a pooler answers to the start-up settings that BullMQ needs.
  const state = typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
  const final = state !== undefined && (state === '08P01' || !TRANSIENT.test(state));
  const incompatible =
    error instanceof bullmq.SchemaVersionMismatchError ||
    error instanceof bullmq.UnsupportedPostgresVersionError;
  if (!final && !incompatible) return undefined;
  return new QueueRefusedError(
    `PostgreSQL cannot hold the queue in schema "${schema}": ${error.message}. ${advice(state, schema)}`,
    { cause: error },
  );
}

function advice(state: string | undefined, schema: string): string {
  switch (state?.slice(0, 2)) {
    case '28':
      return 'Correct user and password in queue.url, or let that user in (pg_hba.conf).';
    case '3D':
      return 'Create that database, or name another one in queue.url.';
    case '08':
      return 'Connect queue.url to PostgreSQL itself: BullMQ does not work through a transaction pooler.';
    default:
      return `Let the role of queue.url create schemas in its database, or make it the owner of "${schema}".`;
  }
}
