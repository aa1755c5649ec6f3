/** SPEC 7: characters a text field may have unless the host says otherwise. */
export const DEFAULT_MAX_TEXT_LENGTH = 255;

/**
 * What is wrong with a text whatever it means, or null: too long, half a character (a lone UTF-16 surrogate, which no
 * store can keep), or a control character (C0, DEL, C1), which could end a header or a line somewhere behind us.
 * @param maxLength in characters, counted as Unicode code points: what people count and databases enforce
 */
export function findTextProblem(text: string, maxLength: number): string | null {
  if (text === '') return null;
  if (isLongerThan(text, maxLength)) return `is longer than ${maxLength} characters: shorten it`;
  if (PRINTABLE_ASCII.test(text) || !/[\p{Cs}\p{Cc}]/u.test(text)) return null;
  if (/\p{Cs}/u.test(text)) return 'is not valid Unicode (a lone UTF-16 surrogate): send well-formed text';
  return 'contains a control character (U+0000-U+001F or U+007F-U+009F, such as a line break or a tab): remove it';
}

/** Nearly every text, and seen to be without the tables of Unicode. */
const PRINTABLE_ASCII = /^[ -~]*$/;

function isLongerThan(text: string, maxLength: number): boolean {
  if (text.length <= maxLength) return false;
  // A code point has at most two units, so a megabyte of text is never spread into an array.
  return text.length > 2 * maxLength || [...text].length > maxLength;
}
