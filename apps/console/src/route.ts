import { signal } from '@preact/signals';
import { listLink, parseRoute, type Route } from './links.js';

export const route = signal<Route>({ page: 'list', filter: {} });
/** Where "back to the list" leads: the list as it was last seen. */
export const lastList = signal('#/groupcalls');
/** How far down the list was when it was left. */
let listScroll = 0;

export function followAddress(): void {
  const follow = () => {
    const next = parseRoute(location.hash);
    if (route.value.page === 'list' && next.page !== 'list') listScroll = scrollY;
    if (next.page === 'list') lastList.value = listLink(next.filter);
    route.value = next;
  };
  addEventListener('hashchange', follow);
  follow();
}

/** Where a page begins that has just been come to: a list where it was left, everything else at its top. */
export function scrollOfArrival(): number {
  return route.value.page === 'list' ? listScroll : 0;
}

export function go(link: string): void {
  location.hash = link;
}
