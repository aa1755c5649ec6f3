import type { TableNames } from '../tables.js';
import type { GroupcallRow, LegRow, TreeRow } from '../tree-mapper.js';

/** `tree` is null when it is not stored, and when it is what the asker knows. */
export interface LoadedRow {
  readonly is_stored: boolean;
  readonly tree: TreeRow | null;
  readonly groupcalls: GroupcallRow[];
  readonly legs: LegRow[];
}

/**
 * Trees in the order of $1, their root ids; not those whose version is that of $2. One statement is one snapshot: hot
 * row, groupcalls and legs of the same version.
 */
export const loadStatement = (tables: TableNames) => `
SELECT t.root_id IS NOT NULL AS is_stored,
  CASE WHEN t.version <> w.version THEN row_to_json(t) END AS tree,
  CASE WHEN t.version <> w.version THEN (
    SELECT coalesce(json_agg(g ORDER BY g.ordinal), '[]') FROM ${tables.groupcall} g WHERE g.root_id = w.root_id
  ) END AS groupcalls,
  CASE WHEN t.version <> w.version THEN (
    SELECT coalesce(json_agg(l ORDER BY l.ordinal), '[]') FROM ${tables.leg} l WHERE l.root_id = w.root_id
  ) END AS legs
FROM unnest($1::uuid[], $2::int[]) WITH ORDINALITY AS w (root_id, version, place)
LEFT JOIN ${tables.tree} t ON t.root_id = w.root_id
ORDER BY w.place`;

/** The root ids of legs, in the order of $1. */
export const rootsOfLegsStatement = (tables: TableNames) => `
SELECT (SELECT l.root_id FROM ${tables.leg} l WHERE l.id = w.id) AS root_id
FROM unnest($1::uuid[]) WITH ORDINALITY AS w (id, place) ORDER BY w.place`;
