/** Node's words for a server that is not there or has gone. */
const SOCKET_CODES = [
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
];
/** PostgreSQL: connection lost, out of resources, shutting down or cancelled, lock not available, serialisation. */
const SQL_STATES = /^(08...|53...|57P0.|57014|55P03|40001|40P01)$/;
/** What drivers say without a code. */
const DRIVER_TEXTS =
  /^(timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error)/;

/**
 * Whether an error says that the database or the queue does not answer: a repetition may succeed, the request is not to
 * blame. Looks at what the error says, not at its class: drivers have many.
 */
export function isUnavailable(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { code, message, driverError } = error as {
    code?: unknown;
    message?: unknown;
    driverError?: unknown;
  };
  if (typeof code === 'string' && (SOCKET_CODES.includes(code) || SQL_STATES.test(code))) return true;
  if (typeof message === 'string' && DRIVER_TEXTS.test(message)) return true;
  return driverError !== error && isUnavailable(driverError);
}
