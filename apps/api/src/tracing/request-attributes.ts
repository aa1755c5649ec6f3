import { redact } from '../http/redact.js';

/** What of a request a span shows: its path without numbers, and that there was a query. */
export function withoutPlaintext(request: object): Record<string, string> {
  const [path, query] = String((request as { url?: string }).url ?? '/').split('?', 2);
  return { 'url.path': readable(path), ...(query === undefined ? {} : { 'url.query': 'REDACTED' }) };
}

function readable(path: string): string {
  try {
    return redact(decodeURIComponent(path));
  } catch {
    return 'REDACTED';
  }
}
