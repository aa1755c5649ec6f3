import type { ColumnType } from '../commit-columns.js';

/** A value that no column of its type can have: the turn is to blame, not the database. */
export class UnstorableValueError extends Error {
  override readonly name = 'UnstorableValueError';

  constructor(type: ColumnType, value: unknown) {
    super(`${JSON.stringify(value)} is no ${type}.`);
  }
}

type TextType = 'text' | 'json';
type FixedType = Exclude<ColumnType, TextType>;

/** What types are called in the catalog of every PostgreSQL (pg_type.dat). */
const OIDS: Readonly<Record<ColumnType, number>> = {
  boolean: 16,
  bigint: 20,
  int: 23,
  text: 25,
  json: 114,
  uuid: 2950,
};
/** Types whose values are all as long: how many bytes, and who writes them. `write` says false for what is no such value. */
const FIXED: Readonly<
  Record<FixedType, { size: number; write: (value: unknown, to: Buffer, at: number) => boolean }>
> = {
  boolean: { size: 1, write: writeBoolean },
  bigint: { size: 8, write: writeBigint },
  int: { size: 4, write: writeInt },
  uuid: { size: 16, write: writeUuid },
};

/**
 * Before the first element, 4 bytes each: number of dimensions, whether there are nulls, type, and the only dimension's length
 * and first index.
 */
export const HEADER = 20;
/** Where in it the number of elements is. */
export const COUNT = 12;
/** Before each element: its length in bytes. */
const LENGTH = 4;
const NULL = -1;
/** Before the first value. */
const NOTHING = Symbol();

/**
 * A parameter that is an array of one value of each row, in the form in which PostgreSQL sends arrays itself (array_recv in its
 * sources): it reads a text of an array character by character, and this not at all.
 * @throws UnstorableValueError
 */
export function binaryArray<T>(type: ColumnType, rows: readonly T[], valueOf: (of: T) => unknown): Buffer {
  return type === 'text' || type === 'json' ? ofTexts(type, rows, valueOf) : ofFixed(type, rows, valueOf);
}

function ofFixed<T>(type: FixedType, rows: readonly T[], valueOf: (of: T) => unknown): Buffer {
  const { size, write } = FIXED[type];
  const array = Buffer.allocUnsafe(HEADER + rows.length * (LENGTH + size));
  let place = HEADER;
  let hasNull = false;
  let last: unknown = NOTHING;
  for (const row of rows) {
    const value = valueOf(row);
    if (value === null) {
      hasNull = true;
      last = null;
      place = array.writeInt32BE(NULL, place);
    } else if (value === last) {
      // Neighbours are alike: what has just been planned has the same moment.
      array.copyWithin(place, place - LENGTH - size, place);
      place += LENGTH + size;
    } else {
      last = value;
      place = array.writeInt32BE(size, place);
      if (!write(value, array, place)) throw new UnstorableValueError(type, value);
      place += size;
    }
  }
  writeHeader(array, type, rows.length, hasNull);
  return array.subarray(0, place);
}

function ofTexts<T>(type: TextType, rows: readonly T[], valueOf: (of: T) => unknown): Buffer {
  const texts: (string | null)[] = [];
  let size = HEADER;
  let hasNull = false;
  let last: unknown = NOTHING;
  let text = '';
  let length = 0;
  for (const row of rows) {
    const value = valueOf(row);
    if (value === null) {
      hasNull = true;
      texts.push(null);
      size += LENGTH;
      continue;
    }
    if (value !== last) {
      last = value;
      text = textOf(type, value);
      length = Buffer.byteLength(text);
    }
    texts.push(text);
    size += LENGTH + length;
  }
  const array = Buffer.allocUnsafe(size);
  let place = HEADER;
  for (const one of texts) {
    if (one === null) {
      place = array.writeInt32BE(NULL, place);
      continue;
    }
    const written = array.write(one, place + LENGTH);
    array.writeInt32BE(written, place);
    place += LENGTH + written;
  }
  writeHeader(array, type, rows.length, hasNull);
  return array.subarray(0, place);
}

function textOf(type: TextType, value: unknown): string {
  const text = type === 'json' ? (JSON.stringify(value) as string | undefined) : value;
  if (typeof text !== 'string') throw new UnstorableValueError(type, value);
  return text;
}

function writeHeader(array: Buffer, type: ColumnType, count: number, hasNull: boolean): void {
  array.writeInt32BE(1, 0);
  array.writeInt32BE(hasNull ? 1 : 0, 4);
  array.writeInt32BE(OIDS[type], 8);
  array.writeInt32BE(count, 12);
  array.writeInt32BE(1, 16);
}

function writeBoolean(value: unknown, to: Buffer, at: number): boolean {
  to[at] = value === true ? 1 : 0;
  return typeof value === 'boolean';
}

function writeInt(value: unknown, to: Buffer, at: number): boolean {
  if (typeof value !== 'number' || (value | 0) !== value) return false;
  to.writeInt32BE(value, at);
  return true;
}

function writeBigint(value: unknown, to: Buffer, at: number): boolean {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) return false;
  const high = Math.floor(value / 2 ** 32);
  to.writeInt32BE(high, at);
  to.writeUInt32BE(value - high * 2 ** 32, at + 4);
  return true;
}

const NO_DIGIT = 0xff;
const DIGITS = new Uint8Array(128).fill(NO_DIGIT);
for (let digit = 0; digit < 16; digit += 1) {
  DIGITS[digit.toString(16).charCodeAt(0)] = digit;
  DIGITS[digit.toString(16).toUpperCase().charCodeAt(0)] = digit;
}
/** Where the 16 bytes of a UUID are in its text. */
const UUID_PLACES = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];

function writeUuid(uuid: unknown, to: Buffer, at: number): boolean {
  if (typeof uuid !== 'string' || uuid.length !== 36) return false;
  let all = 0;
  for (let byte = 0; byte < 16; byte += 1) {
    const first = uuid.charCodeAt(UUID_PLACES[byte]);
    const second = uuid.charCodeAt(UUID_PLACES[byte] + 1);
    const high = DIGITS[first & 0x7f];
    const low = DIGITS[second & 0x7f];
    all |= high | low | ((first | second) & ~0x7f);
    to[at + byte] = (high << 4) | low;
  }
  return all < 16;
}
