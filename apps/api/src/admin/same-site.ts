import type { Request } from 'express';

/**
 * Whether a request that changes something may come from one of our own pages. Browsers say where a request comes
 * from; what says nothing is no browser and carries no cookie that somebody else could make use of.
 */
export function isSameSite(request: Request): boolean {
  if (request.method === 'GET' || request.method === 'HEAD') return true;
  const site = request.get('Sec-Fetch-Site');
  if (site !== undefined) return site === 'same-origin';
  const origin = request.get('Origin');
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === request.get('Host');
}
