import { cleanText } from '@groupcall/address';

/** As much of it as an operator needs, in characters. */
const MOST = 1_000;

/**
 * What went wrong in one line, fit for a log and for the database, whatever a host's code has thrown: nobody may come to
 * grief over the words of an error.
 */
export function reasonText(reason: unknown): string {
  try {
    return cleanText(String(reason), MOST);
  } catch {
    return 'an error that has no text';
  }
}
