import type { ConsoleFilter } from '@groupcall/api/console';

/** What is shown stands in the address, behind #: links lead there and the browser's back button works. */
export type Route =
  { page: 'list'; filter: ConsoleFilter } | { page: 'tree'; id: string } | { page: 'unknown' };

const FILTERS = ['phase', 'customer_id', 'ring_method', 'hangup_reason'] as const;

export function parseRoute(hash: string): Route {
  const [path, query = ''] = hash.replace(/^#/, '').split('?', 2);
  if (path === '' || path === '/' || path === '/groupcalls') {
    const given = new URLSearchParams(query);
    const entries = FILTERS.flatMap((name) => (given.get(name) ? [[name, given.get(name)]] : []));
    return { page: 'list', filter: Object.fromEntries(entries) as ConsoleFilter };
  }
  const id = /^\/groupcalls\/([0-9a-fA-F-]{36})$/.exec(path)?.[1];
  return id ? { page: 'tree', id: id.toLowerCase() } : { page: 'unknown' };
}

export function listLink(filter: ConsoleFilter): string {
  const query = filterQuery(filter).toString();
  return query ? `#/groupcalls?${query}` : '#/groupcalls';
}

export const treeLink = (id: string) => `#/groupcalls/${id}`;

/** Only what is set. */
export function filterQuery(filter: ConsoleFilter): URLSearchParams {
  return new URLSearchParams(FILTERS.flatMap((name) => (filter[name] ? [[name, filter[name]]] : [])));
}
