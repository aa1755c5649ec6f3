import type { ConsoleChanges, ConsoleFilter } from '@groupcall/api/console';
import { signal } from '@preact/signals';
import { api, ApiFailure, eventsLink } from './api.js';
import { learnTime } from './clock.js';

export type Connection = 'connecting' | 'live' | 'lost' | 'logged out';
export const connection = signal<Connection>('connecting');

/** ms until the first try after the stream broke, and the longest pause between two. */
const FIRST_RETRY = 500;
const LAST_RETRY = 8_000;

export interface Listener {
  /** The stream is there (again): whatever was seen before may be old. */
  onOpen(): void;
  onChanges(changes: ConsoleChanges): void;
}

/**
 * Follows the changes until it is told to stop, and comes back by itself when the server was away: a browser gives up
 * on an answer like 503, which is what a proxy says during a restart.
 * @returns how to stop
 */
export function follow(filter: ConsoleFilter, listener: Listener): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let retry = FIRST_RETRY;
  let stopped = false;

  const open = () => {
    source = new EventSource(eventsLink(filter));
    let isOpen = false;
    source.addEventListener('changes', (event: MessageEvent<string>) => {
      const changes = JSON.parse(event.data) as ConsoleChanges;
      learnTime(changes.now);
      if (!isOpen) {
        isOpen = true;
        retry = FIRST_RETRY;
        connection.value = 'live';
        listener.onOpen();
      }
      listener.onChanges(changes);
    });
    source.addEventListener('error', () => {
      source?.close();
      if (stopped) return;
      connection.value = 'lost';
      timer = setTimeout(() => void reopen(), retry);
      retry = Math.min(LAST_RETRY, retry * 2);
    });
  };

  /** A stream says nothing of why it was refused; this does. */
  const reopen = async () => {
    const failure = await api.about().then(
      () => null,
      (error: unknown) => error,
    );
    if (stopped) return;
    if (failure instanceof ApiFailure && failure.status === 401) {
      connection.value = 'logged out';
      return;
    }
    if (failure === null) return open();
    timer = setTimeout(() => void reopen(), retry);
    retry = Math.min(LAST_RETRY, retry * 2);
  };

  open();
  return () => {
    stopped = true;
    clearTimeout(timer);
    source?.close();
  };
}
