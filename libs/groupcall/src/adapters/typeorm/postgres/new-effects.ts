import type { TableNames } from '../tables.js';
import { pendingInLane } from './pending.js';

/**
 * What a statement does with the effects of its `effect` part: they go into the outbox, and what is in front of a hangup
 * there must not keep it waiting. Rows are locked in order of id, as receipts lock them.
 */
export const newEffects = (tables: TableNames) => `new_effects AS (
  INSERT INTO ${tables.outbox} (root_id, customer_id, lane, version, ordinal, kind, priority, leg_id, payload,
    created_at, claim_no, attempts, next_at, last_error)
  SELECT n.root_id, n.customer_id, n.lane, n.version, n.ordinal, n.kind, n.priority, n.leg_id, n.payload,
    n.created_at, n.claim_no, n.attempts, n.next_at, n.last_error
  FROM effect n ORDER BY n.root_id, n.version, n.ordinal
), before_hangup AS MATERIALIZED (
  SELECT o.id FROM (SELECT DISTINCT root_id, lane FROM effect WHERE kind = 'hangup') h CROSS JOIN LATERAL (
    SELECT w.id FROM ${tables.outbox} w
    WHERE ${pendingInLane('w')} AND w.root_id = h.root_id AND w.lane = h.lane AND (w.priority > 0 OR w.next_at > 0)
    ORDER BY w.version, w.ordinal LIMIT 20) o
), hurried AS MATERIALIZED (
  SELECT o.id FROM ${tables.outbox} o
  WHERE o.id = ANY (ARRAY(SELECT id FROM before_hangup)) AND o.status = 'pending'
  ORDER BY o.id FOR UPDATE OF o
), hurry AS (
  UPDATE ${tables.outbox} o SET priority = 0, next_at = 0 WHERE o.id = ANY (ARRAY(SELECT id FROM hurried))
)`;
