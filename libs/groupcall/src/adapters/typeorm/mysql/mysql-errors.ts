/** The server chose our transaction as the victim; nothing of it is left (deadlock, or a row changed under a snapshot). */
const VICTIM = [1213, 1020];
/** The server is read-only now, is going down, or has ended the connection: only another connection can help. */
const USELESS = [1290, 1792, 1836, 1053, 1927, 3169];
const DUPLICATE_ENTRY = 1062;
/** Wrong text for a column, and a violated CHECK: MySQL gives them no class of their own (HY000). */
const UNSTORABLE = [1366, 3819];

/** COMMIT was sent and not confirmed: stored or not, nobody knows (RELIABILITY D5). */
export class CommitUnknownError extends Error {
  override readonly name = 'CommitUnknownError';
}

/** The transaction could not even be undone; the connection must go. */
export class RollbackFailedError extends Error {
  override readonly name = 'RollbackFailedError';
}

/** Trying again in a new transaction is all it takes. */
export function isVictim(error: unknown): boolean {
  return VICTIM.includes(errorNumber(error));
}

/** The server itself has told the error, and the connection is as good as before. */
export function isServerAnswer(error: unknown): boolean {
  const number = errorNumber(error);
  return number !== 0 && !USELESS.includes(number);
}

/** The name of the unique key that a new row has violated, else undefined. */
export function violatedKey(error: unknown): string | undefined {
  if (errorNumber(error) !== DUPLICATE_ENTRY) return undefined;
  // MySQL puts the table's name before the key's. The entry itself is somebody's text: only the end counts.
  const { sqlMessage = '' } = error as { sqlMessage?: string };
  return /for key '(?:[^'.]*\.)?([^'.]*)'$/.exec(sqlMessage)?.[1] ?? '';
}

/**
 * The server has refused a statement because of the values in it (SQLSTATE class 22: too long, out of range, no JSON; 23:
 * a constraint), and its transaction was undone. The same again would fail again.
 */
export function blamesData(error: unknown): boolean {
  const number = errorNumber(error);
  if (number === 0) return false;
  return UNSTORABLE.includes(number) || /^2[23]/.test((error as { sqlState: string }).sqlState);
}

function errorNumber(error: unknown): number {
  const { errno, sqlState } = error as { errno?: unknown; sqlState?: unknown };
  return typeof errno === 'number' && typeof sqlState === 'string' ? errno : 0;
}
