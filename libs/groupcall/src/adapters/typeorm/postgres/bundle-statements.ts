import type { TableNames } from '../tables.js';
import { laneKeyOf } from './lane-key.js';
import { newEffects } from './new-effects.js';
import { blocksOf, specsOf } from './tree-rows.js';

/** Bundles that are taken apart at a time. */
const MOST = 100;

/**
 * Bundles that nobody holds any more become the asker's to take apart: $1 now, $2 who asks, $3 for how long (ms). They
 * come with their tree's rows, without which they are not complete: both are of one snapshot.
 */
export const takeOverStatement = (tables: TableNames) => `
WITH due AS MATERIALIZED (
  SELECT b.root_id, b.version, b.holder FROM ${tables.bundle} b WHERE b.held_until <= $1::bigint
  ORDER BY b.held_until LIMIT ${MOST} FOR UPDATE OF b SKIP LOCKED
)
UPDATE ${tables.bundle} b SET holder = $2, held_until = $1::bigint + $3::bigint FROM due
WHERE b.root_id = due.root_id AND b.version = due.version
RETURNING b.root_id, b.version, b.customer_id, b.effects, b.created_at, due.holder AS held_by,
  (SELECT row_to_json(t) FROM ${tables.tree} t WHERE t.root_id = b.root_id) AS tree,
  ${specsOf(tables, 'b.root_id')} AS specs, ${blocksOf(tables, 'b.root_id')} AS blocks`;

const ROWS = `json_to_recordset($1::json) AS n (
    root_id uuid, customer_id uuid, lane text, version int, ordinal int, kind text, priority smallint, leg_id uuid,
    payload json, created_at bigint, claim_no int, attempts int, next_at bigint, last_error text)`;

/** The bundles that $2 still has in its hands, of which $1 has rows. Locked: nobody takes them over meanwhile. */
const mine = (tables: TableNames) => `mine AS MATERIALIZED (
  SELECT b.root_id, b.version FROM ${tables.bundle} b
  WHERE (b.root_id, b.version) IN (SELECT n.root_id, n.version FROM ${ROWS}) AND b.holder = $2
  ORDER BY b.root_id, b.version FOR UPDATE OF b
)`;

/** Effects of bundles that are not in the outbox yet. `IS TRUE`: as in the claim. */
const missing = (tables: TableNames) => `effect AS MATERIALIZED (
  SELECT n.* FROM ${ROWS} JOIN mine USING (root_id, version)
  WHERE (NOT EXISTS (
    SELECT 1 FROM ${tables.outbox} o
    WHERE o.root_id = n.root_id AND o.version = n.version AND o.ordinal = n.ordinal)) IS TRUE
)`;

/**
 * Lanes of bundles go into the outbox: $1 the rows, $2 whose bundles they are. The bundles are in nobody's way in these
 * lanes any more: a hangup must not wait for what else is in them.
 */
export const giveBackStatement = (tables: TableNames) => `
WITH ${mine(tables)}, ${missing(tables)}, ${newEffects(tables)}, left_lanes AS (
  UPDATE ${tables.bundle} b SET lanes = ARRAY(
    SELECT l FROM unnest(b.lanes) l
    EXCEPT SELECT ${laneKeyOf('n')} FROM ${ROWS} WHERE n.root_id = b.root_id AND n.version = b.version)
  FROM mine WHERE b.root_id = mine.root_id AND b.version = mine.version
)
SELECT count(*) FROM effect`;

/** All effects of bundles go into the outbox, and the bundles are gone: $1 the rows, $2 whose bundles they are. */
export const unpackStatement = (tables: TableNames) => `
WITH ${mine(tables)}, ${missing(tables)}, ${newEffects(tables)}, gone AS (
  DELETE FROM ${tables.bundle} b USING mine WHERE b.root_id = mine.root_id AND b.version = mine.version
)
SELECT count(*) FROM effect`;

/**
 * The bundles of `$1` roots and `$2` versions, not as a join: as many rows on both sides would be compared each with each.
 */
const NAMED = `b.root_id = ANY ($1::uuid[]) AND ((b.root_id, b.version) IN (
    SELECT r.root_id, r.version FROM unnest($1::uuid[], $2::int[]) AS r (root_id, version))) IS TRUE`;

/**
 * Forgets bundles of which everything is done: parameters with as many roots and versions, and whose they are. Each one is found
 * by its key, and nothing else is read. The table is mostly empty, and whoever plans for that reads all of it when there is a
 * backlog: so how many there are is kept from the planner (in subqueries), and it plans for one.
 */
export const forgetDone = (
  tables: TableNames,
  roots: string,
  versions: string,
  holder: string,
  locking = '',
) => `
DELETE FROM ${tables.bundle} b USING (
  SELECT (
    SELECT o.ctid FROM ${tables.bundle} o WHERE o.root_id = r.root_id AND o.version = r.version AND o.holder = ${holder}
    ORDER BY o.root_id, o.version LIMIT 1 ${locking}
  ) AS place FROM unnest((SELECT ${roots}::uuid[]), (SELECT ${versions}::int[])) AS r (root_id, version)
  LIMIT (SELECT cardinality(${roots}::uuid[]))
) done WHERE b.ctid = done.place`;

/**
 * Bundles of which everything is done: $1 roots, $2 versions, $3 whose. Those that are just being written are left alone:
 * whoever waits for nobody is in nobody's way.
 */
export const releaseStatement = (tables: TableNames) =>
  forgetDone(tables, '$1', '$2', '$3', 'FOR UPDATE SKIP LOCKED');

/** Bundles are held for longer: $1 roots, $2 versions, $3 whose, $4 until when. Locked in one order by everybody. */
export const renewStatement = (tables: TableNames) => `
WITH mine AS MATERIALIZED (
  SELECT b.root_id, b.version FROM ${tables.bundle} b
  WHERE ${NAMED} AND b.holder = $3 ORDER BY b.root_id, b.version FOR UPDATE OF b
)
UPDATE ${tables.bundle} b SET held_until = $4::bigint
WHERE b.root_id = ANY ($1::uuid[]) AND ((b.root_id, b.version) IN (SELECT root_id, version FROM mine)) IS TRUE
RETURNING b.root_id, b.version`;
