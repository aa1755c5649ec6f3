import type { TableNames } from '../tables.js';
import { blocksOf, specsOf, type TreeParts } from './tree-rows.js';

/** `tree` is null when it is not stored, and when it is what the asker knows. */
export type LoadedRow = { readonly is_stored: boolean } & (TreeParts | { readonly tree: null });

/**
 * Trees in the order of $1, their root ids; not those whose version is that of $2. One statement is one snapshot: all
 * parts of a tree are of the same version.
 */
export const loadStatement = (tables: TableNames) => `
SELECT t.root_id IS NOT NULL AS is_stored,
  CASE WHEN t.version <> w.version THEN row_to_json(t) END AS tree,
  CASE WHEN t.version <> w.version THEN ${specsOf(tables, 'w.root_id')} END AS specs,
  CASE WHEN t.version <> w.version THEN ${blocksOf(tables, 'w.root_id')} END AS blocks
FROM unnest($1::uuid[], $2::int[]) WITH ORDINALITY AS w (root_id, version, place)
LEFT JOIN ${tables.tree} t ON t.root_id = w.root_id
ORDER BY w.place`;

/** The root ids of trees with members of the bases $1, in their order. */
export const rootsOfBasesStatement = (tables: TableNames) => `
SELECT coalesce(
  (SELECT t.root_id FROM ${tables.tree} t WHERE t.root_id = w.base AND t.member_base IS NULL),
  (SELECT t.root_id FROM ${tables.tree} t WHERE t.member_base = w.base)) AS root_id
FROM unnest($1::uuid[]) WITH ORDINALITY AS w (base, place) ORDER BY w.place`;
