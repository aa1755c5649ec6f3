/**
 * Claims effects: $1 now, $2 the most lanes, $3 who claims, $4 for how long (ms).
 *
 * A head is the first pending row of its lane; only heads are claimed, so two processes can never hold parts of one
 * lane. What follows it comes along, up to the first one that is not due or that somebody still holds.
 */
export const CLAIM_STATEMENT = `
WITH head AS MATERIALIZED (
  SELECT o.id, o.lane FROM groupcall_outbox o
  WHERE o.status = 'pending' AND o.next_at <= $1::bigint AND o.claim_until <= $1::bigint
    AND NOT EXISTS (
      SELECT 1 FROM groupcall_outbox p
      WHERE p.status = 'pending' AND p.lane = o.lane AND (p.version, p.ordinal) < (o.version, o.ordinal))
  ORDER BY o.priority, o.next_at, o.id LIMIT $2::int FOR UPDATE OF o SKIP LOCKED
), stretch AS MATERIALIZED (
  SELECT h.lane, stop.version, stop.ordinal FROM head h LEFT JOIN LATERAL (
    SELECT w.version, w.ordinal FROM groupcall_outbox w
    WHERE w.status = 'pending' AND w.lane = h.lane AND (w.next_at > $1::bigint OR w.claim_until > $1::bigint)
    ORDER BY w.version, w.ordinal LIMIT 1) stop ON true
), taken AS (
  UPDATE groupcall_outbox o SET claimed_by = $3, claim_until = $1::bigint + $4::bigint,
    claim_no = o.claim_no + 1, attempts = o.attempts + 1
  FROM stretch s WHERE o.lane = s.lane AND o.status = 'pending'
    AND (s.version IS NULL OR (o.version, o.ordinal) < (s.version, s.ordinal))
  RETURNING o.*
)
SELECT t.id, t.root_id, t.customer_id, t.payload, t.attempts, t.claim_no, t.created_at,
  CASE WHEN t.leg_id IS NULL THEN NULL ELSE (SELECT row_to_json(l) FROM groupcall_leg l WHERE l.id = t.leg_id) END AS leg
FROM taken t ORDER BY t.lane, t.version, t.ordinal`;
