/** "Nothing" on the wire: ids are always present, an absent one is this (SPEC 2). */
export const NIL_UUID = '00000000-0000-0000-0000-000000000000';

const CANONICAL = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** True for the canonical textual form (8-4-4-4-12, any case, any version, nil included). */
export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && CANONICAL.test(value);
}

/**
 * Builds a UUIDv7 (RFC 9562, 5.7) from given parts, so that pure code can make ids without a random source.
 * @param unixMs milliseconds since the epoch, 48 bits
 * @param counter goes into the 12 bits after the version: ids of one millisecond keep their order
 * @param random at least 8 bytes, or 16 hexadecimal digits in lower case; 62 bits of it are used
 */
export function composeUuidV7(unixMs: number, counter: number, random: Uint8Array | string): string {
  const hex = typeof random === 'string' ? random : Buffer.from(random.subarray(0, 8)).toString('hex');
  const middle = (0x7000 | (counter & 0x0fff)).toString(16);
  const variant = VARIANTS[Number.parseInt(hex[0], 16) & 3];
  return `${timeDigits(unixMs)}-${middle}-${variant}${hex.slice(1, 4)}-${hex.slice(4, 16)}`;
}

const VARIANTS = '89ab';
/** The last one: what happens together has ids of the same moment. */
let written = { unixMs: NaN, digits: '' };

function timeDigits(unixMs: number): string {
  if (written.unixMs !== unixMs) {
    const time = Math.max(0, Math.floor(unixMs)).toString(16).padStart(12, '0').slice(-12);
    written = { unixMs, digits: `${time.slice(0, 8)}-${time.slice(8)}` };
  }
  return written.digits;
}
