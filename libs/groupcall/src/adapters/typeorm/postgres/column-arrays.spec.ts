import type { Columns } from '../commit-columns.js';
import { UnstorableValueError } from './binary-array.js';
import { arrayParameters, arraysTable } from './column-arrays.js';

interface Row {
  readonly id: string;
  readonly why: string;
  readonly at: number | null;
  readonly to?: unknown;
}

const COLUMNS: Columns<Row> = {
  id: ['uuid', ({ id }) => id],
  why: ['text', ({ why }) => why],
  at: ['bigint', ({ at }) => at],
};
const A = '01a00000-0000-7000-8000-00000000000a';
const B = 'ffffffff-ffff-ffff-ffff-fffffffffffe';

/** The elements of an array as PostgreSQL reads it: null, or their bytes. */
function elementsOf(array: Buffer): (Buffer | null)[] {
  const [dimensions, hasNull, , count, first] = [0, 4, 8, 12, 16].map((place) => array.readInt32BE(place));
  const elements: (Buffer | null)[] = [];
  let place = 20;
  while (place < array.length) {
    const length = array.readInt32BE(place);
    place += 4;
    elements.push(length < 0 ? null : array.subarray(place, place + length));
    place += Math.max(0, length);
  }
  expect({ dimensions, count, first }).toEqual({ dimensions: 1, count: elements.length, first: 1 });
  expect(hasNull).toBe(elements.includes(null) ? 1 : 0);
  return elements;
}
const typeOf = (array: Buffer) => array.readInt32BE(8);
const texts = (array: Buffer) => elementsOf(array).map((bytes) => bytes && bytes.toString());
const hex = (array: Buffer) => elementsOf(array).map((bytes) => bytes && bytes.toString('hex'));
const column = (type: Columns<unknown>[string][0], values: unknown[]) =>
  arrayParameters(values, { value: [type, (value) => value] })[0];

describe('rows as one array per column', () => {
  it('are a table of the columns, in their order', () => {
    expect(arraysTable(COLUMNS, 5)).toBe('unnest($5::uuid[], $6::text[], $7::bigint[]) AS n (id, why, at)');
  });

  it('keep nothing, empty texts and texts that look like a notation apart', () => {
    const rows = [
      { id: A, why: '', at: null },
      { id: B, why: 'NULL', at: 7 },
      { id: A, why: '{"\\,', at: 0 },
    ];
    const [ids, whys, ats] = arrayParameters(rows, COLUMNS);
    expect(hex(ids)).toEqual([A, B, A].map((id) => id.replaceAll('-', '')));
    expect(texts(whys)).toEqual(['', 'NULL', '{"\\,']);
    expect(hex(ats)).toEqual([null, '0000000000000007', '0000000000000000']);
    expect([ids, whys, ats].map(typeOf)).toEqual([2950, 25, 20]);
  });

  it('say of each row what is its own, also between neighbours that are alike', () => {
    const shared = { name: 'a\u0001" ü' };
    const columns: Columns<Row> = { ...COLUMNS, to: ['json', (row) => row.to ?? null] };
    const rows = [
      { id: A, why: 'x', at: null, to: shared },
      { id: A, why: 'x', at: null, to: shared },
      { id: B, why: '0', at: 0 },
      { id: B, why: '0', at: 0, to: { name: 'a\u0001" ü' } },
    ];
    const [ids, whys, ats, tos] = arrayParameters(rows, columns);
    expect(hex(ids)).toEqual([A, A, B, B].map((id) => id.replaceAll('-', '')));
    expect(texts(whys)).toEqual(['x', 'x', '0', '0']);
    expect(hex(ats)).toEqual([null, null, '0000000000000000', '0000000000000000']);
    expect(texts(tos)).toEqual([
      JSON.stringify(shared),
      JSON.stringify(shared),
      null,
      JSON.stringify(shared),
    ]);
  });

  it('have numbers of either sign, and truth', () => {
    expect(hex(column('int', [1, -1, 2147483647, -2147483648]))).toEqual([
      '00000001',
      'ffffffff',
      '7fffffff',
      '80000000',
    ]);
    expect(hex(column('bigint', [1795976078750, -1, Number.MAX_SAFE_INTEGER, -(2 ** 32)]))).toEqual([
      '000001a22884259e',
      'ffffffffffffffff',
      '001fffffffffffff',
      'ffffffff00000000',
    ]);
    expect(hex(column('boolean', [true, false, null]))).toEqual(['01', '00', null]);
  });

  it.each([
    ['uuid', 'anna'],
    ['uuid', A.slice(1)],
    ['uuid', A.replace('a', 'g')],
    ['uuid', A.replace('a', 'ﬀ')],
    ['uuid', undefined],
    ['int', 1.5],
    ['int', 2 ** 31],
    ['int', '1'],
    ['bigint', 2 ** 53],
    ['bigint', NaN],
    ['bigint', undefined],
    ['text', undefined],
    ['json', undefined],
  ] as const)('refuse what is no %s: %s', (type, value) => {
    expect(() => column(type, [value])).toThrow(UnstorableValueError);
  });

  it('may be none', () => {
    expect(arrayParameters([], COLUMNS).map(texts)).toEqual([[], [], []]);
  });
});
