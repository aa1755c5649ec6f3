import type { ConsoleChanges, ConsoleFilter, ConsoleRow, ConsoleTotals } from '@groupcall/api/console';
import { signal } from '@preact/signals';
import { api, ApiFailure } from './api.js';
import { filterQuery } from './links.js';
import { connection, follow } from './live.js';
import { mergeRows } from './merge-rows.js';

/** Rows kept in the page; older ones are loaded again when somebody asks for them. */
const MOST_ROWS = 2_000;

export const rows = signal<readonly ConsoleRow[]>([]);
export const totals = signal<ConsoleTotals | null>(null);
export const state = signal<'loading' | 'ready' | 'failed'>('loading');
export const failure = signal('');
/** `before` of the next page; empty when all are here. */
export const next = signal('');
export const loadingMore = signal(false);

let current: ConsoleFilter = {};
let loading: AbortController | undefined;

/** Shows the list with this filter and keeps it up to date. @returns how to stop */
export function watchList(filter: ConsoleFilter): () => void {
  const isAnother = filterQuery(filter).toString() !== filterQuery(current).toString();
  current = filter;
  // Who comes back to the same list finds it as it was left, until it is loaded anew.
  if (isAnother || state.value !== 'ready') {
    rows.value = [];
    next.value = '';
    state.value = 'loading';
  }
  void load();
  const stop = follow(filter, { onOpen: () => void load(), onChanges });
  return () => {
    stop();
    loading?.abort();
  };
}

/** The first page anew; what was loaded behind it stays, as far as it is not told to be different. */
export async function load(): Promise<void> {
  loading?.abort();
  const mine = (loading = new AbortController());
  try {
    const page = await api.list(current, '', mine.signal);
    if (mine.signal.aborted) return;
    const hasMore = rows.value.length > page.result.length && page.next !== '';
    const older = hasMore ? rows.value.filter(({ id }) => id < page.next) : [];
    rows.value = [...keepSame(page.result), ...older];
    if (older.length === 0) next.value = page.next;
    totals.value = page.totals;
    state.value = 'ready';
  } catch (error) {
    if (mine.signal.aborted) return;
    if (error instanceof ApiFailure && error.status === 401) connection.value = 'logged out';
    failure.value = error instanceof Error ? error.message : String(error);
    // What is on the screen is worth more than a sentence about why it is not newer.
    if (rows.value.length === 0) state.value = 'failed';
  }
}

export async function loadMore(): Promise<void> {
  if (loadingMore.value || next.value === '') return;
  loadingMore.value = true;
  const filter = current;
  try {
    const page = await api.list(filter, next.value);
    if (filter !== current) return;
    const known = new Set(rows.value.map(({ id }) => id));
    rows.value = [...rows.value, ...page.result.filter(({ id }) => !known.has(id))];
    next.value = page.next;
  } catch (error) {
    failure.value = error instanceof Error ? error.message : String(error);
  } finally {
    loadingMore.value = false;
  }
}

function onChanges({ rows: changed, root_ids, totals: latest, overflow }: ConsoleChanges): void {
  if (JSON.stringify(latest) !== JSON.stringify(totals.value)) totals.value = latest;
  if (overflow) return void load();
  if (root_ids.length === 0) return;
  const merged = mergeRows(rows.value, changed, root_ids, next.value);
  if (merged.length > MOST_ROWS) {
    merged.length = MOST_ROWS;
    next.value = merged[MOST_ROWS - 1].id;
  }
  rows.value = merged;
}

function keepSame(fresh: ConsoleRow[]): ConsoleRow[] {
  const known = new Map(rows.value.map((row) => [row.id, row]));
  return fresh.map((row) => {
    const old = known.get(row.id);
    return old && JSON.stringify(old) === JSON.stringify(row) ? old : row;
  });
}
