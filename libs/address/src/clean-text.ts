import { DEFAULT_MAX_TEXT_LENGTH } from './text-problem.js';

/**
 * The nearest text that can be stored and shown, for words that are only there to be read (why something failed), never
 * for what is dialled: control characters become spaces, half characters U+FFFD, and the end is cut off.
 * @param maxLength in Unicode code points
 */
export function cleanText(text: string, maxLength = DEFAULT_MAX_TEXT_LENGTH): string {
  // A code point has at most two units: a megabyte is cut before it is looked at.
  const short = text.slice(0, 2 * maxLength);
  return [...short.replace(/\p{Cs}/gu, '\uFFFD').replace(/\p{Cc}/gu, ' ')].slice(0, maxLength).join('');
}
