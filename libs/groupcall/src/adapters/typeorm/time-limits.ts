/** ms after which a statement or transaction counts as lost here, and its connection is destroyed. */
export const STATEMENT_DEADLINE = 5_000;

/**
 * How long a PostgreSQL server may work on our statements, for the `extra` of its DataSource: shorter than we wait, so
 * that normally the server speaks first, nothing goes on over there that is given up here, and no connection is lost.
 * @param deadline ms that this side waits: the `deadline` of the storage
 */
export function postgresTimeLimits(deadline = STATEMENT_DEADLINE) {
  return {
    statement_timeout: Math.floor(deadline * 0.9),
    lock_timeout: Math.floor(deadline * 0.6),
    idle_in_transaction_session_timeout: deadline,
  };
}
