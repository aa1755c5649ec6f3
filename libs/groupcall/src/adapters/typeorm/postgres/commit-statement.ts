import type { EffectHold } from '../../../ports/groupcall-store.port.js';
import type { TableNames } from '../tables.js';
import {
  CHANGED_GROUPCALL,
  CHANGED_LEG,
  NEW_GROUPCALL,
  NEW_LEG,
  TREE,
  type Columns,
} from '../commit-columns.js';
import type { CommitRows } from '../commit-rows.js';
import { arrayParameters, arraysTable } from './column-arrays.js';
import { newEffects } from './new-effects.js';

/** Before the rows. */
const SINGLE_PARAMETERS = 6;

/** Where the arrays of each part begin. */
const FIRST = (() => {
  let next = SINGLE_PARAMETERS + 1;
  const place = <T>(columns: Columns<T>) => {
    const first = next;
    next += Object.keys(columns).length;
    return first;
  };
  return {
    trees: place(TREE),
    newGroupcalls: place(NEW_GROUPCALL),
    changedGroupcalls: place(CHANGED_GROUPCALL),
    newLegs: place(NEW_LEG),
    changedLegs: place(CHANGED_LEG),
  };
})();

/** The parameters of {@link commitStatement}. */
export function commitParameters(
  rows: CommitRows,
  liveLegs: number,
  hold: EffectHold | undefined,
): (string | number)[] {
  return [
    JSON.stringify(rows.effects),
    liveLegs,
    JSON.stringify(rows.bundles),
    hold?.owner ?? '',
    hold?.now ?? 0,
    hold?.until ?? 0,
    ...arrayParameters(rows.trees, TREE),
    ...arrayParameters(rows.newGroupcalls, NEW_GROUPCALL),
    ...arrayParameters(rows.changedGroupcalls, CHANGED_GROUPCALL),
    ...arrayParameters(rows.newLegs, NEW_LEG),
    ...arrayParameters(rows.changedLegs, CHANGED_LEG),
  ];
}

/**
 * Makes many turns durable at once (docs/adr/0003). $1 are effects as a JSON array, $2 the most live legs of a customer (0 =
 * no limit), $3 bundles, $4 who holds them, $5 now, $6 until when. Then the rows, one array per column. One row per turn
 * comes back.
 *
 * A bundle is held only when nothing earlier of its lanes is in other hands. What was committed before is in the
 * statement's snapshot: the turn was decided on it, and the compare-and-set says that nothing came between.
 *
 * The order of locks is the same in every process: hot rows by root id, then customers by id, then what is in front of
 * a hangup in the outbox (it must not keep the hangup waiting) by id, as receipts do. `locked` sees the newest
 * version of a row, not the statement's snapshot, so whoever waits for another process's commit loses here.
 */
export const commitStatement = (tables: TableNames) => `
WITH turn AS MATERIALIZED (
  SELECT n.* FROM ${arraysTable(TREE, FIRST.trees)}
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
    late_answers, next_alarm_at, live, deleted, idempotency_key, request_fingerprint, tm_create)
  SELECT root_id, customer_id, master_call_id, member_base, 1, event_sequence, winner_leg_id,
    late_answers, next_alarm_at, live, deleted, idempotency_key, request_fingerprint, tm_create
  FROM accepted WHERE version = 0 ORDER BY root_id
  RETURNING root_id
), updated AS (
  UPDATE ${tables.tree} h SET version = h.version + 1, event_sequence = t.event_sequence,
    winner_leg_id = t.winner_leg_id, late_answers = t.late_answers, next_alarm_at = t.next_alarm_at,
    live = t.live, deleted = t.deleted
  FROM accepted t WHERE t.version > 0 AND h.root_id = t.root_id AND h.version = t.version
  RETURNING h.root_id
), done AS MATERIALIZED (
  SELECT root_id FROM created UNION ALL SELECT root_id FROM updated
), new_groupcalls AS (
  INSERT INTO ${tables.groupcall} (id, root_id, ordinal, customer_id, owner_type, owner_id, status, flow_id, source,
    destinations, slots, master_call_id, master_groupcall_id, destination_index, ring_method, answer_method,
    answer_call_id, answer_groupcall_id, call_count, groupcall_count, dial_index, dial_timeout, hangup_reason, origin,
    tm_create, tm_update, tm_delete)
  SELECT n.id, n.root_id, n.ordinal, n.customer_id, n.owner_type, n.owner_id, n.status, n.flow_id, n.source,
    n.destinations, n.slots, n.master_call_id, n.master_groupcall_id, n.destination_index, n.ring_method,
    n.answer_method, n.answer_call_id, n.answer_groupcall_id, n.call_count, n.groupcall_count, n.dial_index,
    n.dial_timeout, n.hangup_reason, n.origin, n.tm_create, n.tm_update, n.tm_delete
  FROM ${arraysTable(NEW_GROUPCALL, FIRST.newGroupcalls)}
  JOIN done USING (root_id)
), changed_groupcalls AS (
  UPDATE ${tables.groupcall} g SET owner_type = n.owner_type, owner_id = n.owner_id, status = n.status,
    destinations = coalesce(n.destinations, g.destinations), slots = coalesce(n.slots, g.slots), ring_method = n.ring_method,
    answer_call_id = n.answer_call_id, answer_groupcall_id = n.answer_groupcall_id, call_count = n.call_count,
    groupcall_count = n.groupcall_count, dial_index = n.dial_index, hangup_reason = n.hangup_reason,
    origin = n.origin, tm_update = n.tm_update, tm_delete = n.tm_delete
  FROM ${arraysTable(CHANGED_GROUPCALL, FIRST.changedGroupcalls)}
  JOIN done USING (root_id) WHERE g.id = n.id
), new_legs AS (
  INSERT INTO ${tables.leg} (id, root_id, ordinal, groupcall_id, customer_id, source, destination, destination_index,
    status, hangup_reason, hangup_by, tm_create, tm_dial, tm_ringing, tm_answer, tm_hangup, dial_deadline)
  SELECT n.id, n.root_id, n.ordinal, n.groupcall_id, n.customer_id, n.source, n.destination, n.destination_index,
    n.status, n.hangup_reason, n.hangup_by, n.tm_create, n.tm_dial, n.tm_ringing, n.tm_answer, n.tm_hangup,
    n.dial_deadline
  FROM ${arraysTable(NEW_LEG, FIRST.newLegs)}
  JOIN done USING (root_id)
), changed_legs AS (
  UPDATE ${tables.leg} l SET status = n.status, hangup_reason = n.hangup_reason, hangup_by = n.hangup_by,
    tm_dial = n.tm_dial, tm_ringing = n.tm_ringing, tm_answer = n.tm_answer, tm_hangup = n.tm_hangup,
    dial_deadline = n.dial_deadline
  FROM ${arraysTable(CHANGED_LEG, FIRST.changedLegs)}
  JOIN done USING (root_id) WHERE l.id = n.id
), effect AS MATERIALIZED (
  SELECT n.*, (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS created_at, 0 AS claim_no, 0 AS attempts,
    0::bigint AS next_at, NULL AS last_error
  FROM json_to_recordset($1::json) AS n (
    root_id uuid, customer_id uuid, lane text, version int, ordinal int, kind text, priority smallint, leg_id uuid,
    payload json)
  JOIN done USING (root_id)
), ${newEffects(tables)}, bundle AS MATERIALIZED (
  SELECT n.*, NOT EXISTS (
      SELECT 1 FROM ${tables.bundle} b WHERE b.root_id = n.root_id
        AND (b.holder <> $4 OR b.held_until <= $5::bigint OR b.version <> ALL (n.known)) AND b.lanes && n.lanes
    ) AND NOT EXISTS (
      SELECT 1 FROM ${tables.outbox} o WHERE o.root_id = n.root_id AND o.status = 'pending' AND o.lane = ANY (n.lanes)
    ) AS held
  FROM json_to_recordset($3::json) AS n (
    root_id uuid, customer_id uuid, version int, lanes text[], known int[], effects text, effect_count int)
  JOIN done USING (root_id)
), new_bundles AS (
  INSERT INTO ${tables.bundle} (root_id, version, customer_id, lanes, effects, effect_count, holder, held_until, created_at)
  SELECT root_id, version, customer_id, lanes, effects, effect_count, CASE WHEN held THEN $4 ELSE '' END,
    CASE WHEN held THEN $6::bigint ELSE 0 END, (extract(epoch FROM clock_timestamp()) * 1000)::bigint
  FROM bundle
)
SELECT t.root_id,
  t.root_id IN (SELECT root_id FROM done) AS done,
  t.root_id IN (SELECT root_id FROM candidate) AS current,
  t.root_id IN (SELECT root_id FROM bundle WHERE held) AS held
FROM turn t`;
