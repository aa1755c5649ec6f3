/** The pieces of a sip target; put together again they are the trimmed target, character for character. */
export interface SipParts {
  /** `sip:` or `sips:` as written, or `''`. */
  scheme: string;
  /** User part with its password, if any. */
  user: string;
  /** Host with its port, if any. */
  host: string;
  /** Parameters and headers from the first `;` or `?` on, verbatim. */
  tail: string;
}

/**
 * Splits a sip target: the last `@` before the parameters ends the user part, so that an `@` inside a
 * parameter or header value is not mistaken for it. Null when there is no such `@`.
 */
export function splitSipTarget(target: string): SipParts | null {
  const text = target.trim();
  const end = text.search(/[;?]/);
  const head = end < 0 ? text : text.slice(0, end);
  const at = head.lastIndexOf('@');
  if (at < 0) return null;
  const scheme = /^sips?:/i.exec(head)?.[0] ?? '';
  return {
    scheme,
    user: head.slice(scheme.length, at),
    host: head.slice(at + 1),
    tail: text.slice(head.length),
  };
}
