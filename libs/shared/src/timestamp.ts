/** "Not yet happened" on the wire (SPEC 2). */
export const NEVER = '9999-01-01 00:00:00.000000';

/**
 * Wire form of a moment: `YYYY-MM-DD HH:MM:SS.ffffff`, UTC (SPEC 2).
 * @param epochMs milliseconds since the epoch, or null for "not yet happened"
 */
export function formatTimestamp(epochMs: number | null): string {
  if (epochMs === null) return NEVER;
  const iso = new Date(epochMs).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 23)}000`;
}

/** Inverse of {@link formatTimestamp}: milliseconds since the epoch, null for "not yet happened". */
export function parseTimestamp(text: string): number | null {
  if (text === NEVER) return null;
  return Date.parse(`${text.slice(0, 10)}T${text.slice(11, 23)}Z`);
}
