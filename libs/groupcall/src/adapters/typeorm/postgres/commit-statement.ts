import type { BundleReceipt } from '../../../ports/effect-outbox.port.js';
import type { EffectHold } from '../../../ports/groupcall-store.port.js';
import type { TableNames } from '../tables.js';
import type { Columns } from '../commit-columns.js';
import { arrayParameters, arraysTable } from './column-arrays.js';
import { laneKeyOf } from './lane-key.js';
import { forgetDone } from './bundle-statements.js';
import { newEffects } from './new-effects.js';
import { BUNDLE, CHANGED_SPEC, MEMBERS, NEW_SPEC, STORED_TREE } from './stored-columns.js';
import type { StoredRows } from './stored-rows.js';

/** Before the rows. */
const SINGLE_PARAMETERS = 7;

/** Where the arrays of each part begin. */
const FIRST = (() => {
  let next = SINGLE_PARAMETERS + 1;
  const place = <T>(columns: Columns<T>) => {
    const first = next;
    next += Object.keys(columns).length;
    return first;
  };
  return {
    trees: place(STORED_TREE),
    newSpecs: place(NEW_SPEC),
    changedSpecs: place(CHANGED_SPEC),
    blocks: place(MEMBERS),
    bundles: place(BUNDLE),
  };
})();

const RECEIPT: Columns<BundleReceipt> = {
  root_id: ['uuid', ({ rootId }) => rootId],
  version: ['int', ({ version }) => version],
};

/** The parameters of {@link commitStatement}. */
export function commitParameters(
  rows: StoredRows,
  liveLegs: number,
  hold: EffectHold | undefined,
): (string | number | Buffer)[] {
  return [
    JSON.stringify(rows.effects),
    liveLegs,
    hold?.owner ?? '',
    hold?.now ?? 0,
    hold?.until ?? 0,
    ...arrayParameters(hold?.done ?? [], RECEIPT),
    ...arrayParameters(rows.trees, STORED_TREE),
    ...arrayParameters(rows.newSpecs, NEW_SPEC),
    ...arrayParameters(rows.changedSpecs, CHANGED_SPEC),
    ...arrayParameters(rows.blocks, MEMBERS),
    ...arrayParameters(rows.bundles, BUNDLE),
  ];
}

/**
 * Makes many turns durable at once (docs/adr/0003). $1 are effects as a JSON array, $2 the most live legs of a customer (0 =
 * no limit), $3 who holds bundles, $4 now, $5 until when, $6 and $7 which bundles of the same holder are done. Then the rows,
 * one array per column. One row per turn comes back.
 *
 * A bundle is held only when nothing earlier of its lanes is in other hands. What was committed before is in the
 * statement's snapshot: the turn was decided on it, and the compare-and-set says that nothing came between.
 *
 * The order of locks is the same in every process: hot rows by root id, then customers by id, then what is in front of
 * a hangup in the outbox (it must not keep the hangup waiting) by id, as receipts do. `locked` sees the newest
 * version of a row, not the statement's snapshot, so whoever waits for another process's commit loses here. Bundles that are
 * done come last: PostgreSQL carries out the parts that nobody reads in reverse order, so that one stands first. They are nobody
 * else's: their holder neither renews them meanwhile nor lets their hold run out, no second commit forgets them, and a statement
 * of their own that is just doing so waits for nobody.
 */
export const commitStatement = (tables: TableNames) => `
WITH gone AS (${forgetDone(tables, '$6', '$7', '$3')}
), turn AS MATERIALIZED (
  SELECT n.* FROM ${arraysTable(STORED_TREE, FIRST.trees)}
), locked AS MATERIALIZED (
  SELECT h.root_id FROM ${tables.tree} h JOIN turn t ON t.root_id = h.root_id
  WHERE t.version > 0 AND h.version = t.version
  ORDER BY h.root_id FOR UPDATE OF h
), candidate AS MATERIALIZED (
  SELECT t.* FROM turn t WHERE t.version = 0 OR t.root_id IN (SELECT root_id FROM locked)
), change AS MATERIALIZED (
  SELECT customer_id, sum(greatest(delta, 0))::int AS growth, sum(least(delta, 0))::int AS shrink
  FROM candidate GROUP BY customer_id HAVING bool_or(delta <> 0)
), counted AS MATERIALIZED (
  SELECT c.customer_id, c.live_legs FROM ${tables.customer} c
  WHERE c.customer_id IN (SELECT customer_id FROM change)
  ORDER BY c.customer_id FOR UPDATE
), verdict AS MATERIALIZED (
  SELECT h.customer_id, h.growth, h.shrink,
    ($2::int = 0 OR coalesce(c.live_legs, 0) + h.shrink + h.growth <= $2::int) AS fits
  FROM change h LEFT JOIN counted c USING (customer_id)
), accepted AS MATERIALIZED (
  SELECT t.* FROM candidate t LEFT JOIN verdict v USING (customer_id) WHERE t.delta <= 0 OR v.fits
), live_legs AS (
  INSERT INTO ${tables.customer} AS c (customer_id, live_legs)
  SELECT customer_id, shrink + CASE WHEN fits THEN growth ELSE 0 END FROM verdict ORDER BY customer_id
  ON CONFLICT (customer_id) DO UPDATE SET live_legs = c.live_legs + excluded.live_legs
), created AS (
  INSERT INTO ${tables.tree} (root_id, customer_id, master_call_id, member_base, version, event_sequence, winner_leg_id,
    late_answers, next_alarm_at, live, deleted, idempotency_key, request_fingerprint, tm_create, members)
  SELECT root_id, customer_id, master_call_id, member_base, 1, event_sequence, winner_leg_id,
    late_answers, next_alarm_at, live, deleted, idempotency_key, request_fingerprint, tm_create, members
  FROM accepted WHERE version = 0 ORDER BY root_id
  RETURNING root_id, customer_id
), updated AS (
  UPDATE ${tables.tree} h SET version = h.version + 1, event_sequence = t.event_sequence,
    winner_leg_id = t.winner_leg_id, late_answers = t.late_answers, next_alarm_at = t.next_alarm_at,
    live = t.live, deleted = t.deleted, members = t.members
  FROM accepted t WHERE t.version > 0 AND h.root_id = t.root_id AND h.version = t.version
  RETURNING h.root_id, h.customer_id
), done AS MATERIALIZED (
  SELECT root_id, customer_id FROM created UNION ALL SELECT root_id, customer_id FROM updated
), new_specs AS (
  INSERT INTO ${tables.spec} (id, root_id, ordinal, customer_id, owner_type, owner_id, status, flow_id, source,
    destinations, master_call_id, master_groupcall_id, destination_index, ring_method, answer_method, dial_timeout,
    origin, hangup_reason, tm_create, tm_delete)
  SELECT n.id, n.root_id, n.ordinal, n.customer_id, n.owner_type, n.owner_id, n.status, n.flow_id, n.source,
    n.destinations, n.master_call_id, n.master_groupcall_id, n.destination_index, n.ring_method, n.answer_method,
    n.dial_timeout, n.origin, n.hangup_reason, n.tm_create, n.tm_delete
  FROM ${arraysTable(NEW_SPEC, FIRST.newSpecs)}
  JOIN done USING (root_id)
), changed_specs AS (
  UPDATE ${tables.spec} g SET owner_type = n.owner_type, owner_id = n.owner_id, status = n.status,
    destinations = coalesce(n.destinations, g.destinations), ring_method = n.ring_method, origin = n.origin,
    hangup_reason = n.hangup_reason, tm_delete = n.tm_delete
  FROM ${arraysTable(CHANGED_SPEC, FIRST.changedSpecs)}
  JOIN done USING (root_id) WHERE g.id = n.id
), blocks AS (
  INSERT INTO ${tables.members} (root_id, block, members)
  SELECT n.root_id, n.block, n.members FROM ${arraysTable(MEMBERS, FIRST.blocks)}
  JOIN done USING (root_id)
  ON CONFLICT (root_id, block) DO UPDATE SET members = excluded.members
), effect AS MATERIALIZED (
  SELECT n.*, (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS created_at, 0 AS claim_no, 0 AS attempts,
    0::bigint AS next_at, NULL AS last_error
  FROM json_to_recordset($1::json) AS n (
    root_id uuid, customer_id uuid, lane text, version int, ordinal int, kind text, priority smallint, leg_id uuid,
    payload json)
  JOIN done USING (root_id)
), ${newEffects(tables)}, bundle AS MATERIALIZED (
  SELECT n.root_id, n.version, d.customer_id, n.lanes, n.effects, n.effect_count, (
      SELECT b.version FROM ${tables.bundle} b WHERE b.root_id = n.root_id
        AND (b.holder <> $3 OR b.held_until <= $4::bigint OR b.version <> ALL (n.known::int[]))
        AND b.lanes && n.lanes::text[]
      ORDER BY b.root_id, b.version LIMIT 1
    ) IS NULL AND (
      SELECT o.version FROM ${tables.outbox} o
      WHERE o.root_id = n.root_id AND o.status = 'pending' AND ${laneKeyOf('o')} = ANY (n.lanes::text[])
      ORDER BY o.root_id, o.version LIMIT 1
    ) IS NULL AS held
  FROM ${arraysTable(BUNDLE, FIRST.bundles)} JOIN done d USING (root_id)
), new_bundles AS (
  INSERT INTO ${tables.bundle} (root_id, version, customer_id, lanes, effects, effect_count, holder, held_until, created_at)
  SELECT root_id, version, customer_id, lanes::text[], effects, effect_count, CASE WHEN held THEN $3 ELSE '' END,
    CASE WHEN held THEN $5::bigint ELSE 0 END, (extract(epoch FROM clock_timestamp()) * 1000)::bigint
  FROM bundle
)
SELECT t.root_id,
  t.root_id IN (SELECT root_id FROM done) AS done,
  t.root_id IN (SELECT root_id FROM candidate) AS current,
  t.root_id IN (SELECT root_id FROM bundle WHERE held) AS held
FROM turn t`;
