import { laneKeyOf } from './lane-key.js';
import { MOST_PER_LANE } from '../most-per-lane.js';
import type { TableNames } from '../tables.js';
import { pendingByTime, pendingInLane } from './pending.js';

/**
 * Claims effects: $1 now, $2 the most lanes, $3 who claims, $4 for how long (ms), $5 the priorities of which.
 *
 * A head is the first pending row of its lane; only heads are claimed, so two processes can never hold parts of one
 * lane. What follows it comes along, up to the first one that is not due or that somebody still holds, and up to twice
 * $2 in all: a backlog of long lanes – a sink that was away – comes in portions that fit into memory and into the
 * claim's time. Every lane gets its first ones before any gets more, since lanes run side by side.
 *
 * `IS TRUE` and `ANY (ARRAY(…))` keep the planner from joining: told that the tables are empty, as they nearly always are, it
 * read all bundles for each row of a backlog, and all rows of the backlog for each that is claimed. Each condition
 * of what is pending names an index, and a lane is looked for in its tree alone: whichever index is taken, it is short.
 */
export const claimStatement = (tables: TableNames) => `
WITH head AS MATERIALIZED (
  SELECT o.id, o.root_id, o.lane, o.priority, o.next_at FROM ${tables.outbox} o
  WHERE ${pendingByTime('o')} AND o.priority = ANY ($5::smallint[]) AND o.next_at <= $1::bigint
    AND o.claim_until <= $1::bigint AND (NOT EXISTS (
      SELECT 1 FROM ${tables.outbox} p
      WHERE ${pendingInLane('p')} AND p.root_id = o.root_id AND p.lane = o.lane AND (p.version, p.ordinal) < (o.version, o.ordinal))) IS TRUE
    AND (NOT EXISTS (${earlierBundle(tables, 'o')})) IS TRUE
  ORDER BY o.priority, o.next_at, o.id LIMIT $2::int FOR UPDATE OF o SKIP LOCKED
), stretch AS MATERIALIZED (
  SELECT h.*, stop.version, stop.ordinal FROM head h LEFT JOIN LATERAL (
    SELECT w.version, w.ordinal FROM ${tables.outbox} w
    WHERE ${pendingInLane('w')} AND w.root_id = h.root_id AND w.lane = h.lane AND (
      w.next_at > $1::bigint OR w.claim_until > $1::bigint OR EXISTS (${earlierBundle(tables, 'w')}))
    ORDER BY w.version, w.ordinal LIMIT 1) stop ON true
), portion AS MATERIALIZED (
  SELECT w.id FROM stretch s CROSS JOIN LATERAL (
    SELECT part.id, row_number() OVER (ORDER BY part.version, part.ordinal) AS place FROM (
      SELECT f.id, f.version, f.ordinal FROM ${tables.outbox} f
      WHERE ${pendingInLane('f')} AND f.root_id = s.root_id AND f.lane = s.lane
        AND (s.version IS NULL OR (f.version, f.ordinal) < (s.version, s.ordinal))
      ORDER BY f.version, f.ordinal LIMIT ${MOST_PER_LANE}) part) w
  ORDER BY w.place, s.priority, s.next_at, s.id LIMIT 2 * $2::int
), taken AS (
  UPDATE ${tables.outbox} o SET claimed_by = $3, claim_until = $1::bigint + $4::bigint,
    claim_no = o.claim_no + 1
  WHERE o.id = ANY (ARRAY(SELECT id FROM portion)) AND o.status = 'pending'
  RETURNING o.*
)
SELECT t.id, t.root_id, t.customer_id, t.payload, t.attempts, t.claim_no, t.created_at,
  CASE WHEN t.leg_id IS NULL THEN NULL ELSE (
    SELECT row_to_json(l) FROM ${tables.leg} l WHERE l.root_id = t.root_id AND l.id = t.leg_id) END AS leg
FROM taken t ORDER BY t.lane, t.version, t.ordinal`;

/** An earlier turn of the tree wants something of the same lane, and somebody may be doing it from memory. */
const earlierBundle = (tables: TableNames, row: string) =>
  `SELECT 1 FROM ${tables.bundle} b WHERE b.root_id = ${row}.root_id AND b.version < ${row}.version AND ${laneKeyOf(row)} = ANY (b.lanes)`;
