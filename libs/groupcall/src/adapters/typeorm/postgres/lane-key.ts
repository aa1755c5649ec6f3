import type { Effect } from '../../../domain/effect.js';
import { SHARED_LENGTH } from '../../../domain/member-id.js';

/** Of the root's own lane: whatever its id ends with, it is no leg's number. */
const ROOT = '-';

/** A lane as a bundle has it: what tells it from the others of its tree. */
function laneKey(rootId: string, lane: string): string {
  return lane === rootId ? ROOT : lane.slice(SHARED_LENGTH);
}

/** The same of a row of the outbox. */
export const laneKeyOf = (row: string) =>
  `CASE WHEN ${row}.lane = ${row}.root_id::text THEN '${ROOT}' ELSE substr(${row}.lane, ${SHARED_LENGTH + 1}) END`;

/** Every lane that the effects are in, once, as a PostgreSQL array. */
export function laneKeys(rootId: string, effects: readonly Effect[]): string {
  const keys = new Set<string>();
  for (const { lane } of effects) keys.add(laneKey(rootId, lane));
  let text = '';
  for (const key of keys) text += text === '' ? key : `,${key}`;
  return `{${text}}`;
}
