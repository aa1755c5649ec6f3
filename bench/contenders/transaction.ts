import pg from 'pg';
import type { Contender, StartContender } from './contender.js';
import { POOL_SIZE } from './data-source.js';
import { newId } from '../load/ids.js';
import { SCHEMA } from './normalised-tables.js';
import { newRows } from './rows.js';

type Run = <Row>(text: string, values: unknown[]) => Promise<Row[]>;

const INSERT = {
  tree: `INSERT INTO groupcall_tree (root_id, customer_id, master_call_id, version, event_sequence, late_answers,
      next_alarm_at, live, deleted, tm_create)
    VALUES ($1, $2, $3, 1, 1, 0, $4, true, false, $5)`,
  groupcall: `INSERT INTO groupcall SELECT * FROM json_populate_recordset(NULL::groupcall, $1::json)`,
  legs: `INSERT INTO groupcall_leg SELECT * FROM json_populate_recordset(NULL::groupcall_leg, $1::json)`,
  effects: `INSERT INTO groupcall_outbox (root_id, customer_id, lane, version, ordinal, kind, priority, leg_id, payload, created_at)
    SELECT $1::uuid, $2::uuid, coalesce(e->>'legId', $1::text), $3::int, 0, e->>'kind', 1, (e->>'legId')::uuid, e, $4::bigint
    FROM json_array_elements($5::json) e RETURNING id`,
} as const;

/**
 * One transaction per command in plain SQL, as careful hosts write it: the tree's row is locked, read and changed, effects
 * go into an outbox in the same transaction, and are executed and deleted after the commit. As safe as the engine.
 */
export const start: StartContender = async ({ databaseUrl }, driver): Promise<Contender> => {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: POOL_SIZE,
    idleTimeoutMillis: 0,
    options: `-c search_path=${SCHEMA}`,
  });

  async function inTransaction<T>(work: (run: Run) => Promise<T>): Promise<T> {
    const client = await pool.connect();
    const run: Run = async (text, values) =>
      (await client.query({ name: nameOf(text), text, values })).rows as never;
    try {
      await client.query('BEGIN');
      const result = await work(run);
      await client.query('COMMIT');
      return result;
    } finally {
      client.release();
    }
  }

  async function done(effects: readonly string[]): Promise<void> {
    const text = 'DELETE FROM groupcall_outbox WHERE id = ANY($1::bigint[])';
    await pool.query({ name: nameOf(text), text, values: [effects] });
  }

  const lockTreeOf = async (run: Run, legId: string) => {
    const [leg] = await run<Record<string, string>>('SELECT * FROM groupcall_leg WHERE id = $1', [legId]);
    const [tree] = await run<{ root_id: string; customer_id: string; version: number }>(
      'SELECT * FROM groupcall_tree WHERE root_id = $1 FOR UPDATE',
      [leg.root_id],
    );
    const [groupcall] = await run<Record<string, unknown>>('SELECT * FROM groupcall WHERE id = $1', [
      leg.groupcall_id,
    ]);
    return { leg, tree, groupcall };
  };
  const addEffects = async (
    run: Run,
    tree: { root_id: string; customer_id: string },
    version: number,
    effects: object[],
  ) =>
    (
      await run<{ id: string }>(INSERT.effects, [
        tree.root_id,
        tree.customer_id,
        version,
        Date.now(),
        JSON.stringify(effects),
      ])
    ).map(({ id }) => id);
  const bump = (run: Run, rootId: string) =>
    run(
      'UPDATE groupcall_tree SET version = version + 1, event_sequence = event_sequence + 1 WHERE root_id = $1',
      [rootId],
    );

  async function dialed(legId: string): Promise<void> {
    const events = await inTransaction(async (run) => {
      const { leg, tree, groupcall } = await lockTreeOf(run, legId);
      await run(`UPDATE groupcall_leg SET status = 'dialing', tm_dial = $2 WHERE id = $1`, [
        legId,
        Date.now(),
      ]);
      await bump(run, tree.root_id);
      return addEffects(run, tree, tree.version + 1, [{ kind: 'publish', event: { data: groupcall, leg } }]);
    });
    await done(events);
  }

  return {
    bestOpen: POOL_SIZE,
    async create(name, shape) {
      const rootId = newId();
      const { groupcall: g, legs } = newRows(rootId, shape, name);
      const effects = await inTransaction(async (run) => {
        await run(INSERT.tree, [rootId, g.customerId, g.masterCallId, legs[0].dialDeadline, g.tmCreate]);
        await run(INSERT.groupcall, [JSON.stringify([columnsOf(g)])]);
        await run(INSERT.legs, [JSON.stringify(legs.map(columnsOf))]);
        return addEffects(run, { root_id: rootId, customer_id: g.customerId }, 1, [
          { kind: 'publish', event: { data: g } },
          ...legs.map(({ id }) => ({ kind: 'dial', legId: id })),
        ]);
      });
      await done(effects);
      for (const { id } of legs) {
        await dialed(id);
        driver.placed(name, id);
      }
    },
    async answer(legId) {
      const { losers, effects } = await inTransaction(async (run) => {
        const { tree, groupcall } = await lockTreeOf(run, legId);
        const now = Date.now();
        await run(`UPDATE groupcall_leg SET status = 'progressing', tm_answer = $2 WHERE id = $1`, [
          legId,
          now,
        ]);
        await run('UPDATE groupcall SET answer_call_id = $2, tm_update = $3 WHERE id = $1', [
          groupcall.id,
          legId,
          now,
        ]);
        const ids = await run<{ id: string }>(
          `UPDATE groupcall_leg SET status = 'hangingup', hangup_reason = 'answered_elsewhere', hangup_by = 'local'
           WHERE root_id = $1 AND id <> $2 AND status <> 'hangup' RETURNING id`,
          [tree.root_id, legId],
        );
        await run('UPDATE groupcall_tree SET version = version + 1, winner_leg_id = $2 WHERE root_id = $1', [
          tree.root_id,
          legId,
        ]);
        const wanted = [
          { kind: 'publish', event: { data: groupcall } },
          ...ids.map(({ id }) => ({ kind: 'hangup', legId: id, reason: 'answered_elsewhere' })),
        ];
        return { losers: ids, effects: await addEffects(run, tree, tree.version + 1, wanted) };
      });
      for (const { id } of losers) driver.hungUp(id);
      await done(effects);
    },
    async ended(legId, reason) {
      const effects = await inTransaction(async (run) => {
        const { leg, tree, groupcall } = await lockTreeOf(run, legId);
        const now = Date.now();
        await run(
          `UPDATE groupcall_leg SET status = 'hangup', hangup_reason = $2, hangup_by = 'remote', tm_hangup = $3 WHERE id = $1`,
          [legId, reason, now],
        );
        const last = groupcall.call_count === 1;
        await run(
          'UPDATE groupcall SET call_count = call_count - 1, status = $2, hangup_reason = $3, tm_update = $4 WHERE id = $1',
          [groupcall.id, last ? 'hangup' : groupcall.status, last ? 'normal' : '', now],
        );
        await run(
          'UPDATE groupcall_tree SET version = version + 1, event_sequence = event_sequence + 1, live = $2, next_alarm_at = NULL WHERE root_id = $1',
          [tree.root_id, !last],
        );
        const events = [{ kind: 'publish', event: { data: groupcall, leg } }];
        return addEffects(run, tree, tree.version + 1, last ? [...events, ...events] : events);
      });
      await done(effects);
    },
    settle: () => Promise.resolve(),
    close: () => pool.end(),
  };
};

const names = new Map<string, string>();

/** Prepared once per connection. */
function nameOf(text: string): string {
  let name = names.get(text);
  if (!name) names.set(text, (name = `bench_${names.size}`));
  return name;
}

/** `tmCreate` → `tm_create`. */
function columnsOf(row: object): object {
  return Object.fromEntries(
    Object.entries(row).map(([key, value]) => [
      key.replace(/[A-Z]/g, (big) => `_${big.toLowerCase()}`),
      value,
    ]),
  );
}
