import { cleanText } from '@groupcall/address';

/** As much of what went wrong as an operator needs; whatever it contains, no database refuses it. */
export function storedError(error: string): string {
  return cleanText(error, 1_000);
}
