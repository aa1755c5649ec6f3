/**
 * Makes many turns durable at once (docs/adr/0003). $1–$6 are the rows of `CommitRows` as JSON arrays, $7 the most
 * live legs of a customer (0 = no limit). One row per turn comes back.
 *
 * The order of locks is the same in every process: hot rows by root id, then customers by id. `locked` sees the newest
 * version of a row, not the statement's snapshot, so whoever waits for another process's commit loses here.
 */
export const COMMIT_STATEMENT = `
WITH turn AS MATERIALIZED (
  SELECT * FROM json_to_recordset($1::json) AS t (
    root_id uuid, customer_id uuid, master_call_id uuid, version int, event_sequence int, winner_leg_id uuid,
    late_answers int, next_alarm_at bigint, live boolean, deleted boolean, idempotency_key text,
    request_fingerprint text, tm_create bigint, delta int)
), locked AS MATERIALIZED (
  SELECT h.root_id FROM groupcall_tree h JOIN turn t ON t.root_id = h.root_id
  WHERE t.version > 0 AND h.version = t.version
  ORDER BY h.root_id FOR UPDATE OF h
), candidate AS MATERIALIZED (
  SELECT t.* FROM turn t WHERE t.version = 0 OR t.root_id IN (SELECT root_id FROM locked)
), change AS MATERIALIZED (
  SELECT customer_id, sum(greatest(delta, 0))::int AS growth, sum(least(delta, 0))::int AS shrink
  FROM candidate GROUP BY customer_id HAVING bool_or(delta <> 0)
), counted AS MATERIALIZED (
  SELECT c.customer_id, c.live_legs FROM groupcall_customer c
  WHERE c.customer_id IN (SELECT customer_id FROM change)
  ORDER BY c.customer_id FOR UPDATE
), verdict AS MATERIALIZED (
  SELECT h.customer_id, h.growth, h.shrink,
    ($7::int = 0 OR coalesce(c.live_legs, 0) + h.shrink + h.growth <= $7::int) AS fits
  FROM change h LEFT JOIN counted c USING (customer_id)
), accepted AS MATERIALIZED (
  SELECT t.* FROM candidate t LEFT JOIN verdict v USING (customer_id) WHERE t.delta <= 0 OR v.fits
), live_legs AS (
  INSERT INTO groupcall_customer AS c (customer_id, live_legs)
  SELECT customer_id, shrink + CASE WHEN fits THEN growth ELSE 0 END FROM verdict ORDER BY customer_id
  ON CONFLICT (customer_id) DO UPDATE SET live_legs = c.live_legs + excluded.live_legs
), created AS (
  INSERT INTO groupcall_tree (root_id, customer_id, master_call_id, version, event_sequence, winner_leg_id,
    late_answers, next_alarm_at, live, deleted, idempotency_key, request_fingerprint, tm_create)
  SELECT root_id, customer_id, master_call_id, 1, event_sequence, winner_leg_id,
    late_answers, next_alarm_at, live, deleted, idempotency_key, request_fingerprint, tm_create
  FROM accepted WHERE version = 0 ORDER BY root_id
  RETURNING root_id
), updated AS (
  UPDATE groupcall_tree h SET version = h.version + 1, event_sequence = t.event_sequence,
    winner_leg_id = t.winner_leg_id, late_answers = t.late_answers, next_alarm_at = t.next_alarm_at,
    live = t.live, deleted = t.deleted
  FROM accepted t WHERE t.version > 0 AND h.root_id = t.root_id AND h.version = t.version
  RETURNING h.root_id
), done AS MATERIALIZED (
  SELECT root_id FROM created UNION ALL SELECT root_id FROM updated
), new_groupcalls AS (
  INSERT INTO groupcall (id, root_id, ordinal, customer_id, owner_type, owner_id, status, flow_id, source,
    destinations, slots, master_call_id, master_groupcall_id, destination_index, ring_method, answer_method,
    answer_call_id, answer_groupcall_id, call_count, groupcall_count, dial_index, dial_timeout, hangup_reason, origin,
    tm_create, tm_update, tm_delete)
  SELECT n.id, n.root_id, n.ordinal, n.customer_id, n.owner_type, n.owner_id, n.status, n.flow_id, n.source,
    n.destinations, n.slots, n.master_call_id, n.master_groupcall_id, n.destination_index, n.ring_method,
    n.answer_method, n.answer_call_id, n.answer_groupcall_id, n.call_count, n.groupcall_count, n.dial_index,
    n.dial_timeout, n.hangup_reason, n.origin, n.tm_create, n.tm_update, n.tm_delete
  FROM json_to_recordset($2::json) AS n (
    id uuid, root_id uuid, ordinal int, customer_id uuid, owner_type text, owner_id uuid, status text, flow_id uuid,
    source json, destinations json, slots json, master_call_id uuid, master_groupcall_id uuid, destination_index int,
    ring_method text, answer_method text, answer_call_id uuid, answer_groupcall_id uuid, call_count int,
    groupcall_count int, dial_index int, dial_timeout int, hangup_reason text, origin text, tm_create bigint,
    tm_update bigint, tm_delete bigint)
  JOIN done USING (root_id)
), changed_groupcalls AS (
  UPDATE groupcall g SET owner_type = n.owner_type, owner_id = n.owner_id, status = n.status,
    destinations = coalesce(n.destinations, g.destinations), slots = n.slots, ring_method = n.ring_method,
    answer_call_id = n.answer_call_id, answer_groupcall_id = n.answer_groupcall_id, call_count = n.call_count,
    groupcall_count = n.groupcall_count, dial_index = n.dial_index, hangup_reason = n.hangup_reason,
    origin = n.origin, tm_update = n.tm_update, tm_delete = n.tm_delete
  FROM json_to_recordset($3::json) AS n (
    id uuid, root_id uuid, owner_type text, owner_id uuid, status text, destinations json, slots json,
    ring_method text, answer_call_id uuid, answer_groupcall_id uuid, call_count int, groupcall_count int,
    dial_index int, hangup_reason text, origin text, tm_update bigint, tm_delete bigint)
  JOIN done USING (root_id) WHERE g.id = n.id
), new_legs AS (
  INSERT INTO groupcall_leg (id, root_id, ordinal, groupcall_id, customer_id, source, destination, destination_index,
    status, hangup_reason, hangup_by, tm_create, tm_dial, tm_ringing, tm_answer, tm_hangup, dial_deadline)
  SELECT n.id, n.root_id, n.ordinal, n.groupcall_id, n.customer_id, n.source, n.destination, n.destination_index,
    n.status, n.hangup_reason, n.hangup_by, n.tm_create, n.tm_dial, n.tm_ringing, n.tm_answer, n.tm_hangup,
    n.dial_deadline
  FROM json_to_recordset($4::json) AS n (
    id uuid, root_id uuid, ordinal int, groupcall_id uuid, customer_id uuid, source json, destination json,
    destination_index int, status text, hangup_reason text, hangup_by text, tm_create bigint, tm_dial bigint,
    tm_ringing bigint, tm_answer bigint, tm_hangup bigint, dial_deadline bigint)
  JOIN done USING (root_id)
), changed_legs AS (
  UPDATE groupcall_leg l SET status = n.status, hangup_reason = n.hangup_reason, hangup_by = n.hangup_by,
    tm_dial = n.tm_dial, tm_ringing = n.tm_ringing, tm_answer = n.tm_answer, tm_hangup = n.tm_hangup,
    dial_deadline = n.dial_deadline
  FROM json_to_recordset($5::json) AS n (
    id uuid, root_id uuid, status text, hangup_reason text, hangup_by text, tm_dial bigint, tm_ringing bigint,
    tm_answer bigint, tm_hangup bigint, dial_deadline bigint)
  JOIN done USING (root_id) WHERE l.id = n.id
), new_effects AS (
  INSERT INTO groupcall_outbox (root_id, customer_id, lane, version, ordinal, kind, priority, leg_id, payload, created_at)
  SELECT n.root_id, n.customer_id, n.lane, n.version, n.ordinal, n.kind, n.priority, n.leg_id, n.payload,
    (extract(epoch FROM clock_timestamp()) * 1000)::bigint
  FROM json_to_recordset($6::json) AS n (
    root_id uuid, customer_id uuid, lane text, version int, ordinal int, kind text, priority smallint, leg_id uuid,
    payload json)
  JOIN done USING (root_id)
)
SELECT t.root_id,
  t.root_id IN (SELECT root_id FROM done) AS done,
  t.root_id IN (SELECT root_id FROM candidate) AS current
FROM turn t`;
