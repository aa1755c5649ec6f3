/** "Not yet happened" on the wire (SPEC 2). */
export const NEVER = '9999-01-01 00:00:00.000000';

/** What happens together has the same moments, and each is written out for every groupcall and leg. */
const recent = new Map<number, string>();
const MOST_RECENT = 1_000;

/**
 * Wire form of a moment: `YYYY-MM-DD HH:MM:SS.ffffff`, UTC (SPEC 2).
 * @param epochMs milliseconds since the epoch, or null for "not yet happened"
 */
export function formatTimestamp(epochMs: number | null): string {
  if (epochMs === null) return NEVER;
  let text = recent.get(epochMs);
  if (text === undefined) {
    const iso = new Date(epochMs).toISOString();
    text = `${iso.slice(0, 10)} ${iso.slice(11, 23)}000`;
    if (recent.size >= MOST_RECENT) recent.clear();
    recent.set(epochMs, text);
  }
  return text;
}

/** Inverse of {@link formatTimestamp}: milliseconds since the epoch, null for "not yet happened". */
export function parseTimestamp(text: string): number | null {
  if (text === NEVER) return null;
  return Date.parse(`${text.slice(0, 10)}T${text.slice(11, 23)}Z`);
}
