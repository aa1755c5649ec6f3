import { UnstorableTurnsError } from '../../ports/groupcall-store.port.js';

/** What the server has said of a group of turns of which nothing is stored. */
export function unstorable(cause: unknown): UnstorableTurnsError {
  return new UnstorableTurnsError(`The database refuses what is to be stored: ${String(cause)}`, { cause });
}

/** Of turns that were committed one by one some may be stored: then their group's outcome counts as unknown. */
export function withOthersStored(error: unknown, done: ReadonlyMap<string, unknown>): unknown {
  if (!(error instanceof UnstorableTurnsError) || done.size === 0) return error;
  return new Error('One of several turns is refused by the database, the others may be stored.', {
    cause: error,
  });
}
