import { NIL_UUID } from '@groupcall/shared';
import { NUMBER_DIGITS, SHARED_LENGTH } from '../../../domain/member-id.js';
import type { TableNames } from '../tables.js';
import { HANGUP_BY_CODES, HANGUP_REASON_CODES, LEG_STATUS_CODES } from './member-entries.js';
import { BLOCK } from './members.js';

const words = (codes: readonly string[], code: string) =>
  `(ARRAY[${codes.map((word) => `'${word}'`).join(', ')}])[${code} + 1]`;

/** The id of the member with this number; the root has its own. */
const idOf = (number: string) =>
  `(left(coalesce(t.member_base, t.root_id)::text, ${SHARED_LENGTH}) || lpad(to_hex(${number}), ${NUMBER_DIGITS}, '0'))::uuid`;

const member = (place: number) => `(m.m ->> ${place})`;
const number = (place: number) => `${member(place)}::int`;
const moment = (place: number) => `t.tm_create + ${member(place)}::bigint`;
const somebody = (place: number) =>
  `CASE ${number(place)} WHEN 0 THEN '${NIL_UUID}'::uuid ELSE ${idOf(number(place))} END`;

const slot = `CASE WHEN json_typeof(v.v) = 'string' THEN json_build_object('kind', 'failed', 'detail', v.v)
  WHEN v.v::text::int > 0 THEN json_build_object('kind', 'leg', 'id', ${idOf('v.v::text::int')})
  WHEN v.v::text::int = 0 THEN json_build_object('kind', 'waiting')
  WHEN v.v::text::int = -1 THEN json_build_object('kind', 'resolving')
  ELSE json_build_object('kind', 'child', 'id', ${idOf('-1 - v.v::text::int')}) END`;

/** Groupcalls as rows, as they are tables elsewhere; made of what the engine writes. */
export const groupcallView = (tables: TableNames) => `CREATE VIEW ${tables.groupcall} AS
SELECT s.id, s.root_id, s.ordinal, s.customer_id, s.owner_type, s.owner_id, s.status, s.flow_id, s.source, s.destinations,
  (SELECT coalesce(json_agg(${slot} ORDER BY v.place), '[]')
    FROM json_array_elements(m.m -> 1) WITH ORDINALITY AS v (v, place)) AS slots,
  s.master_call_id, s.master_groupcall_id, s.destination_index, s.ring_method, s.answer_method,
  ${somebody(2)} AS answer_call_id, ${somebody(3)} AS answer_groupcall_id,
  ${number(4)} AS call_count, ${number(5)} AS groupcall_count, ${number(6)} AS dial_index, s.dial_timeout,
  s.hangup_reason, s.origin, s.tm_create, ${moment(7)} AS tm_update, s.tm_delete
FROM ${tables.spec} s
JOIN ${tables.tree} t ON t.root_id = s.root_id
CROSS JOIN LATERAL (SELECT CASE WHEN s.ordinal < ${BLOCK} THEN t.members ELSE (
    SELECT b.members FROM ${tables.members} b WHERE b.root_id = s.root_id AND b.block = s.ordinal / ${BLOCK}
  ) END::json -> (s.ordinal % ${BLOCK}) AS m) m`;

/** The same of legs. `OFFSET 0`: the planner takes a tree for a hundred times as many legs as it has, and read all groupcalls for them. */
export const legView = (tables: TableNames) => `CREATE VIEW ${tables.leg} AS
SELECT ${idOf('m.place::int')} AS id, t.root_id, m.place::int AS ordinal, s.id AS groupcall_id, t.customer_id, s.source,
  s.destinations -> ${number(1)} AS destination, ${number(1)} AS destination_index,
  ${words(LEG_STATUS_CODES, number(2))}::varchar(16) AS status,
  ${words(HANGUP_REASON_CODES, number(3))}::varchar(32) AS hangup_reason,
  ${words(HANGUP_BY_CODES, number(4))}::varchar(16) AS hangup_by,
  ${moment(5)} AS tm_create, ${moment(6)} AS tm_dial, ${moment(7)} AS tm_ringing, ${moment(8)} AS tm_answer,
  ${moment(9)} AS tm_hangup, ${moment(10)} AS dial_deadline
FROM ${tables.tree} t
CROSS JOIN LATERAL (
  SELECT e.m, e.place - 1 AS place FROM json_array_elements(t.members::json) WITH ORDINALITY AS e (m, place)
  UNION ALL
  SELECT e.m, b.block * ${BLOCK} + e.place - 1 FROM ${tables.members} b
    CROSS JOIN LATERAL json_array_elements(b.members::json) WITH ORDINALITY AS e (m, place) WHERE b.root_id = t.root_id
) m
CROSS JOIN LATERAL (
  SELECT s.id, s.source, s.destinations FROM ${tables.spec} s
  WHERE s.id = CASE ${number(0)} WHEN 0 THEN t.root_id ELSE ${idOf(number(0))} END OFFSET 0
) s
WHERE ${number(0)} >= 0`;
