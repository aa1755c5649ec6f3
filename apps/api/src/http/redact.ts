/** Phone numbers, sip users and passwords in URLs do not belong in a log. */
export function redact(text: string): string {
  return text
    .replace(/(:\/\/[^\s:/@]*):[^\s@]+@/g, '$1:***@')
    .replace(/\+\d{7,15}\b/g, (number) => `${number.slice(0, 4)}*****${number.slice(-2)}`)
    .replace(/\b[\w.+-]{2,}@(?=[\w.-]+)/g, '***@');
}
