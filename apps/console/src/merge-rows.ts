import type { ConsoleRow } from '@groupcall/api/console';

/**
 * The list after a change: changed rows take their place, newest first; a changed root without a row matches no more.
 * Rows that did not change stay the same objects, so that nothing of them is drawn again.
 * @param oldest id of the last row loaded when there are older ones: what is older than it comes with its page
 */
export function mergeRows(
  before: readonly ConsoleRow[],
  changed: readonly ConsoleRow[],
  rootIds: readonly string[],
  oldest: string,
): ConsoleRow[] {
  const touched = new Set(rootIds);
  const kept = before.filter(({ id }) => !touched.has(id));
  const known = new Set(before.map(({ id }) => id));
  const added = changed.filter(({ id }) => known.has(id) || oldest === '' || id > oldest);
  return [...kept, ...added].sort((one, other) => (one.id < other.id ? 1 : -1));
}
