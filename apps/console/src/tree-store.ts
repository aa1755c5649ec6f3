import type { ConsoleTree } from '@groupcall/api/console';
import { signal } from '@preact/signals';
import { api, ApiFailure } from './api.js';
import { connection, follow } from './live.js';

export const tree = signal<ConsoleTree | null>(null);
export const state = signal<'loading' | 'ready' | 'missing' | 'failed'>('loading');
export const failure = signal('');

/** ms between two looks while orders are pending: the outbox changes without an event. */
const LOOK_AGAIN = 1_500;
/** ms that changes are collected before the tree is loaded again. */
const COLLECT = 120;

let shown = '';
let loading: AbortController | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Shows the tree that this id is in and keeps it up to date. @returns how to stop */
export function watchTree(id: string): () => void {
  shown = id;
  tree.value = null;
  state.value = 'loading';
  void load();
  const stop = follow(
    {},
    {
      onOpen: () => soon(0),
      onChanges: ({ root_ids, overflow }) => {
        if (overflow || (tree.value && root_ids.includes(tree.value.root_id))) soon(COLLECT);
      },
    },
  );
  return () => {
    stop();
    clearTimeout(timer);
    loading?.abort();
  };
}

/** Loads again a little later; twice is once. */
export function soon(ms: number): void {
  clearTimeout(timer);
  timer = setTimeout(() => void load(), ms);
}

export async function load(): Promise<void> {
  loading?.abort();
  const mine = (loading = new AbortController());
  try {
    const found = await api.tree(shown, mine.signal);
    if (mine.signal.aborted) return;
    tree.value = found;
    state.value = 'ready';
    if (found.pending.some(({ status }) => status === 'pending')) soon(LOOK_AGAIN);
  } catch (error) {
    if (mine.signal.aborted) return;
    if (error instanceof ApiFailure && error.status === 401) connection.value = 'logged out';
    failure.value = error instanceof Error ? error.message : String(error);
    if (error instanceof ApiFailure && error.status === 404) state.value = 'missing';
    else if (tree.value === null) state.value = 'failed';
  }
}
