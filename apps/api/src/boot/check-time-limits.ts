import { STATEMENT_DEADLINE } from '@groupcall/groupcall/typeorm';
import { SettingsError } from '../config/settings.error.js';

/** What is asked of the server; a DataSource is one. */
export interface Askable {
  query(sql: string): Promise<{ ms: string }[]>;
}

/**
 * What is given up here must be over at the server as well. A pooler between us may drop the limit that we ask for, so
 * the server is asked what it really is.
 * @throws SettingsError when a statement may run longer at the server than we wait for it
 */
export async function checkTimeLimits(database: Askable): Promise<void> {
  const [{ ms }] = await database.query(
    "SELECT setting AS ms FROM pg_settings WHERE name = 'statement_timeout'",
  );
  const limit = Number(ms);
  if (limit > 0 && limit <= STATEMENT_DEADLINE) return;
  throw new SettingsError(
    `The database of DATABASE_URL lets a statement run ${limit === 0 ? 'for ever' : `${limit} ms`}, and this server waits ` +
      `${STATEMENT_DEADLINE} ms: let a pooler in between pass statement_timeout on, or set it for the user to ` +
      `${STATEMENT_DEADLINE} ms or less.`,
  );
}
