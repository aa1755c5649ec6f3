import type { Effect } from '../../../domain/effect.js';
import type { LegState } from '../../../domain/tree-state.js';
import type { ClaimedEffect, ClaimRequest } from '../../../ports/effect-outbox.port.js';
import { prioritiesOf } from '../../effect-priority.js';
import { MOST_PER_LANE } from '../most-per-lane.js';
import type { TableNames } from '../tables.js';
import { legFromRow } from '../tree-mapper.js';
import type { Sql } from './mysql-connections.js';
import { joinedByKey, rowsParameter, rowsTable } from './statements.js';
import { fromStored } from './stored-rows.js';

interface Head {
  id: string;
  lane: string;
  version: number;
  leg_id: string | null;
}

interface Position {
  id: string;
  lane: string;
  claim_until: string;
  next_at: string;
}

interface StoredEffect {
  id: string;
  root_id: string;
  customer_id: string;
  leg_id: string | null;
  payload: string;
  attempts: number;
  claim_no: number;
  created_at: string;
}

const LAST_VERSION = 2 ** 31 - 1;

/** In the order of the index, so that only what is looked at is locked. `CAST`: a number arrives as a double. */
export const headsStatement = (tables: TableNames, limit: number, priorities: readonly number[]) => `
  SELECT o.id, o.lane, o.version, o.leg_id FROM ${tables.outbox} o FORCE INDEX (groupcall_outbox_due)
  WHERE o.status = 'pending' AND o.priority IN (${priorities.join(', ')})
    AND o.next_at <= CAST(? AS SIGNED) AND o.claim_until <= CAST(? AS SIGNED) AND NOT EXISTS (
      SELECT 1 FROM ${tables.outbox} p FORCE INDEX (groupcall_outbox_lane)
      WHERE p.status = 'pending' AND p.lane = o.lane
        AND (p.version < o.version OR (p.version = o.version AND p.ordinal < o.ordinal)))
  ORDER BY o.priority, o.next_at, o.id LIMIT ${Math.trunc(limit)} FOR UPDATE SKIP LOCKED`;

const lanesStatement = (tables: TableNames) => `SELECT o.id, o.lane, o.claim_until, o.next_at
  FROM ${rowsTable(['lane', 'version'])} STRAIGHT_JOIN ${tables.outbox} o FORCE INDEX (groupcall_outbox_lane)
    ON o.status = 'pending' AND o.lane = n.lane AND o.version <= n.version
  ORDER BY o.lane, o.version, o.ordinal FOR UPDATE`;

const onId = (tables: TableNames) => joinedByKey(['receipt_id'], tables.outbox, 't.id = n.receipt_id');
const takeStatement = (tables: TableNames) => `UPDATE ${onId(tables)}
  SET t.claimed_by = ?, t.claim_until = ?, t.claim_no = t.claim_no + 1`;
const takenStatement = (
  tables: TableNames,
) => `SELECT t.id, t.root_id, t.customer_id, t.leg_id, t.payload, t.attempts, t.claim_no, t.created_at
  FROM ${onId(tables)} ORDER BY t.lane, t.version, t.ordinal`;

const legsStatement = (tables: TableNames) =>
  `SELECT t.* FROM ${joinedByKey(['id'], tables.leg, 't.id = n.id')}`;

/**
 * Claims effects in one transaction. A head is the first pending row of its lane; only heads are claimed, so two
 * processes can never hold parts of one lane. What follows it comes along, up to the first one that is not due or that
 * somebody still holds, and up to twice the limit in all: a backlog of long lanes comes in portions.
 */
export async function claimEffects(
  sql: Sql,
  tables: TableNames,
  request: ClaimRequest,
): Promise<ClaimedEffect[]> {
  const { owner, now, leaseMs, limit, kinds } = request;
  const heads = await sql<Head>(headsStatement(tables, limit, prioritiesOf(kinds)), [now, now]);
  if (heads.length === 0) return [];
  const portion = portionOf(await stretchesOf(sql, tables, heads, now), 2 * limit);
  if (portion.length === 0) return [];
  const rows = rowsParameter(
    portion.map(({ id }) => ({ receipt_id: id })).sort((a, b) => Number(a.receipt_id) - Number(b.receipt_id)),
  );
  await sql.change(takeStatement(tables), [rows, owner, now + leaseMs]);
  const taken = await sql<StoredEffect>(takenStatement(tables), [rows]);
  const legs = await legsOf(sql, tables, taken);
  return taken.map((row) => ({
    id: String(row.id),
    rootId: row.root_id,
    customerId: row.customer_id,
    effect: JSON.parse(row.payload) as Effect,
    attempts: row.attempts,
    claimNo: row.claim_no,
    claimUntil: now + leaseMs,
    createdAt: Number(row.created_at),
    leg: row.leg_id === null ? null : (legs.get(row.leg_id) ?? null),
  }));
}

/**
 * What may be taken of each head's lane, in the order of the heads. Looked at again: the search for heads has compared
 * newest rows with a snapshot that may be older, and a row that was committed in between with its predecessor looks
 * like a head there.
 */
async function stretchesOf(
  sql: Sql,
  tables: TableNames,
  heads: readonly Head[],
  now: number,
): Promise<Position[][]> {
  const lanes = new Map(heads.map((head) => [head.lane, { lane: head.lane, version: lastVersionOf(head) }]));
  const asked = [...lanes.values()].sort((a, b) => (a.lane < b.lane ? -1 : 1));
  const found = new Map<string, Position[]>();
  for (const row of await sql<Position>(lanesStatement(tables), [rowsParameter(asked)])) {
    const lane = found.get(row.lane);
    if (lane) lane.push(row);
    else found.set(row.lane, [row]);
  }
  return heads.map(({ id, lane: name }) => {
    const lane = found.get(name) ?? [];
    if (String(lane[0]?.id) !== String(id)) return [];
    const stop = lane.findIndex((row) => Number(row.next_at) > now || Number(row.claim_until) > now);
    return lane.slice(0, stop < 0 ? MOST_PER_LANE : Math.min(stop, MOST_PER_LANE));
  });
}

/** A leg has few effects; a tree has events without end, some in nearly every version. */
function lastVersionOf({ version, leg_id: legId }: Head): number {
  return legId === null ? version + MOST_PER_LANE : LAST_VERSION;
}

/** Every lane gives its first ones before any gives more: lanes run side by side. */
function portionOf(stretches: readonly Position[][], most: number): Position[] {
  const portion: Position[] = [];
  for (let place = 0; place < MOST_PER_LANE; place += 1) {
    for (const stretch of stretches) {
      if (portion.length >= most) return portion;
      if (place < stretch.length) portion.push(stretch[place]);
    }
  }
  return portion;
}

async function legsOf(
  sql: Sql,
  tables: TableNames,
  effects: readonly StoredEffect[],
): Promise<Map<string, LegState>> {
  const ids = [...new Set(effects.flatMap(({ leg_id: id }) => (id === null ? [] : [id])))];
  if (ids.length === 0) return new Map();
  const rows = await sql<Record<string, unknown>>(legsStatement(tables), [
    rowsParameter(ids.map((id) => ({ id }))),
  ]);
  return new Map(rows.map((row) => [String(row.id), legFromRow(fromStored(row))]));
}
