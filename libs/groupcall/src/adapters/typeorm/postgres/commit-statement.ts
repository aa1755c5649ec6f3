import type { EffectHold } from '../../../ports/groupcall-store.port.js';
import type { TableNames } from '../tables.js';
import type { Columns } from '../commit-columns.js';
import { arrayParameters, arraysTable } from './column-arrays.js';
import type { CommitParts } from './commit-parts.js';
import { laneKeyOf } from './lane-key.js';
import { forgetDone } from './bundle-statements.js';
import { newEffects } from './new-effects.js';
import { BUNDLE, CHANGED_SPEC, MEMBERS, NEW_SPEC, RECEIPT, STORED_TREE } from './stored-columns.js';
import type { StoredRows } from './stored-rows.js';

/**
 * No join, which PostgreSQL would carry out by comparing each row with each: it does not know how many there are. What is looked
 * up for rows by an index comes through a LIMIT, so that it expects few, and uses the index.
 */
const IS_DONE = '(n.root_id IN (SELECT root_id FROM done)) IS TRUE';

/** The parameters of {@link commitStatement} with these parts, in the order in which it takes them. */
export function commitParameters(
  parts: CommitParts,
  rows: StoredRows,
  liveLegs: number,
  hold: EffectHold | undefined,
): (string | number | Buffer)[] {
  return [
    ...arrayParameters(rows.trees, STORED_TREE),
    ...(parts.limits ? [liveLegs] : []),
    ...(parts.newSpecs ? arrayParameters(rows.newSpecs, NEW_SPEC) : []),
    ...(parts.changes ? arrayParameters(rows.changedSpecs, CHANGED_SPEC) : []),
    ...(parts.blocks ? arrayParameters(rows.blocks, MEMBERS) : []),
    ...(parts.effects ? [JSON.stringify(rows.effects)] : []),
    ...(parts.bundles || parts.forgets ? [hold!.owner] : []),
    ...(parts.bundles ? [hold!.now, hold!.until, ...arrayParameters(rows.bundles, BUNDLE)] : []),
    ...(parts.forgets ? arrayParameters(hold!.done!, RECEIPT) : []),
  ];
}

/** The numbers of the parameters, in the same order. */
class Places {
  private next = 1;

  one(isWanted: boolean): string {
    return isWanted ? `$${this.take(1)}` : '';
  }

  /** @returns of the first one */
  columns<T>(columns: Columns<T>, isWanted = true): number {
    return isWanted ? this.take(Object.keys(columns).length) : 0;
  }

  private take(count: number): number {
    const first = this.next;
    this.next += count;
    return first;
  }
}

/**
 * Makes many turns durable at once (docs/adr/0003). One row per turn comes back.
 *
 * A bundle is held only when nothing earlier of its lanes is in other hands. What was committed before is in the
 * statement's snapshot: the turn was decided on it, and the compare-and-set says that nothing came between.
 *
 * The order of locks is the same in every process: hot rows by root id, then customers by id, then what is in front of
 * a hangup in the outbox (it must not keep the hangup waiting) by id, as receipts do. New trees come after customers: one whose
 * key another process is just using has to wait for it. `locked` sees the newest version of a row, not the statement's snapshot,
 * so whoever waits for another process's commit loses here. Bundles that are done come last: PostgreSQL carries out the parts
 * that nobody reads in reverse order, so that one stands first. They are nobody else's: their holder neither renews them meanwhile
 * nor lets their hold run out, no second commit forgets them, and a statement of their own that is just doing so waits for nobody.
 */
export function commitStatement(tables: TableNames, parts: CommitParts): string {
  const { creates, changes, limits, bundles, forgets } = parts;
  const places = new Places();
  const trees = arraysTable(STORED_TREE, places.columns(STORED_TREE));
  const most = places.one(limits);
  const newSpecs = places.columns(NEW_SPEC, parts.newSpecs);
  const changedSpecs = places.columns(CHANGED_SPEC, changes);
  const blocks = places.columns(MEMBERS, parts.blocks);
  const effects = places.one(parts.effects);
  const owner = places.one(bundles || forgets);
  const [now, until] = [places.one(bundles), places.one(bundles)];
  const bundleRows = places.columns(BUNDLE, bundles);
  const [goneRoots, goneVersions] = [places.one(forgets), places.one(forgets)];

  const isLocked = '(t.root_id IN (SELECT root_id FROM locked)) IS TRUE';
  const isCurrent = !changes ? 'true' : creates ? `t.version = 0 OR ${isLocked}` : isLocked;
  // Of a condition that all rows meet PostgreSQL would expect that few do.
  const isNew = changes ? 't.version = 0' : 'true';
  const stored = [creates && 'created', changes && 'updated'].filter(Boolean);
  return `WITH ${[
    forgets && `gone AS (${forgetDone(tables, goneRoots, goneVersions, owner)})`,
    `turn AS MATERIALIZED (SELECT n.* FROM ${trees})`,
    changes &&
      `locked AS MATERIALIZED (
  SELECT h.root_id FROM ${tables.tree} h JOIN turn t ON t.root_id = h.root_id
  WHERE t.version > 0 AND h.version = t.version
  ORDER BY h.root_id FOR UPDATE OF h
)`,
    `candidate AS MATERIALIZED (
  SELECT t.* FROM turn t WHERE ${isCurrent}
)`,
    limits ? limitedCustomers(tables, most) : countedCustomers(tables),
    creates &&
      `created AS (
  INSERT INTO ${tables.tree} (root_id, customer_id, master_call_id, member_base, version, event_sequence, winner_leg_id,
    late_answers, next_alarm_at, live, deleted, idempotency_key, request_fingerprint, tm_create, members)
  SELECT root_id, customer_id, master_call_id, member_base, 1, event_sequence, winner_leg_id,
    late_answers, next_alarm_at, live, deleted, idempotency_key, request_fingerprint, tm_create, members
  FROM accepted t WHERE ${isNew} ORDER BY root_id
  RETURNING root_id
)`,
    changes &&
      `updated AS (
  UPDATE ${tables.tree} h SET version = h.version + 1, event_sequence = t.event_sequence,
    winner_leg_id = t.winner_leg_id, late_answers = t.late_answers, next_alarm_at = t.next_alarm_at,
    live = t.live, deleted = t.deleted, members = t.members
  FROM accepted t WHERE t.version > 0 AND h.root_id = t.root_id AND h.version = t.version
  RETURNING h.root_id
)`,
    `done AS MATERIALIZED (
  ${stored.map((name) => `SELECT root_id FROM ${name}`).join(' UNION ALL ')}
)`,
    parts.newSpecs &&
      `new_specs AS (
  INSERT INTO ${tables.spec} (id, root_id, ordinal, customer_id, owner_type, owner_id, status, flow_id, source,
    destinations, master_call_id, master_groupcall_id, destination_index, ring_method, answer_method, dial_timeout,
    origin, hangup_reason, tm_create, tm_delete)
  SELECT n.id, n.root_id, n.ordinal, n.customer_id, n.owner_type, n.owner_id, n.status, n.flow_id, n.source,
    n.destinations, n.master_call_id, n.master_groupcall_id, n.destination_index, n.ring_method, n.answer_method,
    n.dial_timeout, n.origin, n.hangup_reason, n.tm_create, n.tm_delete
  FROM ${arraysTable(NEW_SPEC, newSpecs)} WHERE ${IS_DONE}
)`,
    changes &&
      `changed_specs AS (
  UPDATE ${tables.spec} g SET owner_type = n.owner_type, owner_id = n.owner_id, status = n.status,
    destinations = coalesce(n.destinations, g.destinations), ring_method = n.ring_method, origin = n.origin,
    hangup_reason = n.hangup_reason, tm_delete = n.tm_delete
  FROM (
    SELECT n.* FROM ${arraysTable(CHANGED_SPEC, changedSpecs)} WHERE ${IS_DONE}
    LIMIT (SELECT cardinality($${changedSpecs}::uuid[]))
  ) n WHERE g.id = n.id
)`,
    parts.blocks &&
      `blocks AS (
  INSERT INTO ${tables.members} (root_id, block, members)
  SELECT n.root_id, n.block, n.members FROM ${arraysTable(MEMBERS, blocks)} WHERE ${IS_DONE}
  ON CONFLICT (root_id, block) DO UPDATE SET members = excluded.members
)`,
    parts.effects && effectsForEverybody(tables, effects),
    bundles && heldBundles(tables, arraysTable(BUNDLE, bundleRows), { owner, now, until }),
  ]
    .filter(Boolean)
    .join(', ')}
SELECT t.root_id,
  t.root_id IN (SELECT root_id FROM done) AS done,
  t.root_id IN (SELECT root_id FROM candidate) AS current,
  ${bundles ? 't.root_id IN (SELECT root_id FROM bundle WHERE held)' : 'false'} AS held
FROM turn t`;
}

/** Those whose customer would have more live legs than `most` are not accepted. */
const limitedCustomers = (tables: TableNames, most: string) => `change AS MATERIALIZED (
  SELECT customer_id, sum(greatest(delta, 0))::int AS growth, sum(least(delta, 0))::int AS shrink
  FROM candidate GROUP BY customer_id HAVING bool_or(delta <> 0)
), counted AS MATERIALIZED (
  SELECT c.customer_id, c.live_legs FROM ${tables.customer} c
  WHERE c.customer_id IN (SELECT customer_id FROM change)
  ORDER BY c.customer_id FOR UPDATE
), verdict AS MATERIALIZED (
  SELECT h.customer_id, h.growth, h.shrink, coalesce(c.live_legs, 0) + h.shrink + h.growth <= ${most}::int AS fits
  FROM change h LEFT JOIN counted c USING (customer_id)
), accepted AS MATERIALIZED (
  SELECT t.* FROM candidate t LEFT JOIN verdict v USING (customer_id) WHERE t.delta <= 0 OR v.fits
), live_legs AS (
  INSERT INTO ${tables.customer} AS c (customer_id, live_legs)
  SELECT customer_id, shrink + CASE WHEN fits THEN growth ELSE 0 END FROM verdict ORDER BY customer_id
  ON CONFLICT (customer_id) DO UPDATE SET live_legs = c.live_legs + excluded.live_legs
)`;

/**
 * Nobody is refused. Customers are locked before trees are made all the same, since a tree may have to wait for others, too:
 * `accepted` looks at what has been counted only for that.
 */
const countedCustomers = (tables: TableNames) => `live_legs AS (
  INSERT INTO ${tables.customer} AS c (customer_id, live_legs)
  SELECT customer_id, sum(delta)::int FROM candidate GROUP BY customer_id HAVING bool_or(delta <> 0) ORDER BY customer_id
  ON CONFLICT (customer_id) DO UPDATE SET live_legs = c.live_legs + excluded.live_legs
  RETURNING c.customer_id
), accepted AS NOT MATERIALIZED (
  SELECT t.* FROM candidate t WHERE (SELECT count(*) FROM live_legs) >= 0
)`;

/** @param rows a JSON array */
const effectsForEverybody = (tables: TableNames, rows: string) => `effect AS MATERIALIZED (
  SELECT n.*, (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS created_at, 0 AS claim_no, 0 AS attempts,
    0::bigint AS next_at, NULL AS last_error
  FROM json_to_recordset(${rows}::json) AS n (
    root_id uuid, customer_id uuid, lane text, version int, ordinal int, kind text, priority smallint, leg_id uuid,
    payload json)
  WHERE ${IS_DONE}
), ${newEffects(tables)}`;

/** A tree that is new has nothing in anybody's hands. */
const heldBundles = (
  tables: TableNames,
  rows: string,
  { owner, now, until }: { owner: string; now: string; until: string },
) => `bundle AS MATERIALIZED (
  SELECT n.root_id, n.version, n.customer_id, n.lanes, n.effects, n.effect_count, n.version = 1 OR ((
      SELECT b.version FROM ${tables.bundle} b WHERE b.root_id = n.root_id
        AND (b.holder <> ${owner} OR b.held_until <= ${now}::bigint OR b.version <> ALL (n.known::int[]))
        AND b.lanes && n.lanes::text[]
      ORDER BY b.root_id, b.version LIMIT 1
    ) IS NULL AND (
      SELECT o.version FROM ${tables.outbox} o
      WHERE o.root_id = n.root_id AND o.status = 'pending' AND ${laneKeyOf('o')} = ANY (n.lanes::text[])
      ORDER BY o.root_id, o.version LIMIT 1
    ) IS NULL) AS held
  FROM ${rows} WHERE ${IS_DONE}
), new_bundles AS (
  INSERT INTO ${tables.bundle} (root_id, version, customer_id, lanes, effects, effect_count, holder, held_until, created_at)
  SELECT root_id, version, customer_id, lanes::text[], effects, effect_count, CASE WHEN held THEN ${owner} ELSE '' END,
    CASE WHEN held THEN ${until}::bigint ELSE 0 END, (extract(epoch FROM clock_timestamp()) * 1000)::bigint
  FROM bundle
)`;
