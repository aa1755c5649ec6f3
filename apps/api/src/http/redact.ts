/** Phone numbers, sip users and passwords in URLs do not belong in a log. */
export function redact(text: string): string {
  return text
    .replace(/(:\/\/[^\s:/@]*):[^\s@]+@/g, '$1:***@')
    .replace(/\+\d{7,15}\b/g, (number) => `${number.slice(0, 4)}*****${number.slice(-2)}`)
    .replace(/\b[\w.+-]{2,}@(?=[\w.-]+)/g, '***@');
}

/** The same in every text of plain data, however deep; keys stay. */
export function redactAll<T>(value: T): T {
  if (typeof value === 'string') return redact(value) as T;
  if (Array.isArray(value)) return value.map((one: unknown) => redactAll(one)) as T;
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, redactAll<unknown>(one)])) as T;
}
