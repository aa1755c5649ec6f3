import pg from 'pg';
import { ApiClient, phone } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import { startApi, type ApiServer } from './support/api-server.js';

const PATIENCE = { timeout: 30_000 };

describe('The metrics of trouble move when there is some:', () => {
  let server: ApiServer;
  let api: ApiClient;
  const value = async (name: string) => {
    const { text } = await server.call('GET /metrics', { token: null });
    const line = text.split('\n').find((one) => one.startsWith(`${name} `));
    return Number(line?.split(' ')[1]);
  };
  const rises = (name: string, from: number) =>
    eventually(async () => expect([name, (await value(name)) > from]).toEqual([name, true]), PATIENCE);
  const ringing = async () => {
    const { id } = await api.create({ destinations: [phone('ring')] });
    return { id, leg: await api.leg(id, 0, ({ status }) => status === 'ringing', 30_000) };
  };
  const becomes = (legId: string, state: string, reason: string) =>
    server.query(
      `UPDATE simulated_call SET state = '${state}', reason = ${reason},
       next_at = NULL, news = '{}', news_at = NULL WHERE id = '${legId}'`,
    );

  beforeAll(async () => {
    server = await startApi({}, { timings: { reconcileInterval: 200, reconcileGrace: 200 } });
    api = new ApiClient(server.url, await server.token());
  }, 60_000);
  afterAll(() => server?.close(), 30_000);

  it('a compare-and-set that another process has won', async () => {
    const before = await value('groupcall_conflicts_total');
    const { id } = await ringing();
    // As if another process had committed: what this one remembers is old.
    await server.query(`UPDATE groupcall_tree SET version = version + 1 WHERE root_id = '${id}'`);
    await api.post(`/groupcalls/${id}/hangup`);
    await api.ended(id, 30_000);
    expect(await value('groupcall_conflicts_total')).toBeGreaterThan(before);
  }, 60_000);

  it('a commit whose connection breaks before the database has answered', async () => {
    const before = await value('groupcall_unknown_commits_total');
    const { id } = await ringing();
    const other = new pg.Client({ connectionString: server.databaseUrl });
    await other.connect();
    // The commit waits for this row, and its connection ends meanwhile.
    await other.query('BEGIN');
    await other.query(`SELECT 1 FROM groupcall_tree WHERE root_id = '${id}' FOR UPDATE`);
    const hangup = api.post(`/groupcalls/${id}/hangup`);
    await eventually(async () => {
      const { rowCount } = await other.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pg_backend_pid() = ANY (pg_blocking_pids(pid))`,
      );
      expect(rowCount).toBeGreaterThan(0);
    }, PATIENCE);
    await rises('groupcall_unknown_commits_total', before);
    await other.query('ROLLBACK');
    await other.end();
    // Decided again, or refused and safe to repeat.
    await hangup;
    await api.post(`/groupcalls/${id}/hangup`);
    await api.ended(id, 30_000);
  }, 90_000);

  it('an end that the gateway has not told, and a living call that nobody wants', async () => {
    const [reconciled, orphans] = [
      await value('groupcall_reconciled_total'),
      await value('groupcall_orphan_calls_total'),
    ];
    const { id, leg } = await ringing();
    await becomes(leg.id, 'ended', `'busy'`);
    await api.ended(id, 30_000);
    await rises('groupcall_reconciled_total', reconciled);
    await becomes(leg.id, 'answered', 'NULL');
    await rises('groupcall_orphan_calls_total', orphans);
  }, 90_000);

  it('an event that nobody takes: tried again, then given up, and delivered when it is put back', async () => {
    const [retried, dead] = [
      await value('groupcall_effects_retried_total'),
      await value('groupcall_effects_dead_total'),
    ];
    await server.query('ALTER TABLE event_log RENAME TO event_log_away');
    const { id } = await ringing();
    await rises('groupcall_effects_retried_total', retried);
    await rises('groupcall_outbox_oldest_age_seconds', 0);
    // The last of its twenty tries, without waiting for the others.
    await eventually(async () => {
      await server.query(
        `UPDATE groupcall_outbox SET attempts = 19, next_at = 0 WHERE root_id = '${id}' AND attempts > 0`,
      );
      expect(await value('groupcall_effects_dead_total')).toBeGreaterThan(dead);
    }, PATIENCE);
    await rises('groupcall_outbox_dead', 0);
    await server.query('ALTER TABLE event_log_away RENAME TO event_log');
    // As the manual says.
    await server.query(
      `UPDATE groupcall_outbox SET status = 'pending', attempts = 0, claim_until = 0, next_at = 0 WHERE status = 'dead'`,
    );
    await eventually(async () => {
      expect(await value('groupcall_outbox_dead')).toBe(0);
      const [{ n }] = await server.query(
        `SELECT count(*)::int AS n FROM event_log WHERE payload->'data'->>'id' = '${id}'`,
      );
      expect(n).toBeGreaterThan(0);
    }, PATIENCE);
  }, 120_000);
});
