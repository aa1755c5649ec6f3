import type { ConsoleAbout, ConsoleFilter, ConsolePage, ConsoleTree } from '@groupcall/api/console';
import type { GroupcallResource, LegHangupReason } from '@groupcall/groupcall/resources';
import { learnTime } from './clock.js';
import { filterQuery } from './links.js';

const BASE = '/admin/api';

/** A request that did not do what it should. `status` 0: no answer at all. */
export class ApiFailure extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

async function call<T>(
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<T> {
  let response: Response;
  try {
    response = await fetch(BASE + path, {
      method,
      signal,
      headers: {
        Accept: 'application/json',
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiFailure(0, 'The server does not answer.');
  }
  const answer = (await response.json().catch(() => ({}))) as { error?: { message?: string }; now?: string };
  if (!response.ok)
    throw new ApiFailure(response.status, answer.error?.message ?? `The server said ${response.status}.`);
  if (method === 'GET' && answer.now) learnTime(answer.now);
  return answer as T;
}

export const api = {
  about: () => call<ConsoleAbout>('GET', '/about'),
  list(filter: ConsoleFilter, before: string, signal?: AbortSignal): Promise<ConsolePage> {
    const query = filterQuery(filter);
    if (before) query.set('before', before);
    return call<ConsolePage>('GET', `/groupcalls?${query.toString()}`, undefined, signal);
  },
  /** @param id of any groupcall or call of the tree */
  tree: (id: string, signal?: AbortSignal) =>
    call<ConsoleTree>('GET', `/groupcalls/${id}`, undefined, signal),
  hangUp: (id: string) => call<GroupcallResource>('POST', `/groupcalls/${id}/hangup`),
  startSample: (name: string) => call<GroupcallResource>('POST', `/samples/${name}`),
  answer: (callId: string) => call<unknown>('POST', `/calls/${callId}/answer`),
  endCall: (callId: string, reason?: LegHangupReason) =>
    call<unknown>('POST', `/calls/${callId}/hangup`, reason === undefined ? undefined : { reason }),
};

export const jsonLink = (id: string) => `${BASE}/groupcalls/${id}`;
export const eventsLink = (filter: ConsoleFilter) => `${BASE}/events?${filterQuery(filter).toString()}`;
