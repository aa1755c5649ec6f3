import { postgresTimeLimits, STATEMENT_DEADLINE } from '@groupcall/groupcall/typeorm';
import { databaseOptions } from '../database.js';
import { checkTimeLimits } from './check-time-limits.js';

const serverWith = (ms: number) => ({ query: () => Promise.resolve([{ ms: String(ms) }]) });

describe('The time limits of the database', () => {
  it('are shorter at the server than here', () => {
    const { extra } = databaseOptions('postgres://nobody');
    expect(extra).toMatchObject(postgresTimeLimits());
    expect(extra.statement_timeout).toBeLessThan(STATEMENT_DEADLINE);
    expect(extra.lock_timeout).toBeLessThan(extra.statement_timeout);
    expect(extra.idle_in_transaction_session_timeout).toBeLessThanOrEqual(STATEMENT_DEADLINE);
  });

  it('that the server has taken are fine', async () => {
    await expect(
      checkTimeLimits(serverWith(postgresTimeLimits().statement_timeout)),
    ).resolves.toBeUndefined();
    await expect(checkTimeLimits(serverWith(STATEMENT_DEADLINE))).resolves.toBeUndefined();
  });

  it.each([
    [0, 'for ever'],
    [10_000, '10000 ms'],
  ])('of %d ms at the server stop the start', async (ms, told) => {
    await expect(checkTimeLimits(serverWith(ms))).rejects.toThrow(`lets a statement run ${told}`);
  });
});
