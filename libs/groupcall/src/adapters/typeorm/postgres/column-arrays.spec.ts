import type { Columns } from '../commit-columns.js';
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

describe('rows as one array per column', () => {
  it('are a table of the columns, in their order', () => {
    expect(arraysTable(COLUMNS, 5)).toBe('unnest($5::uuid[], $6::text[], $7::bigint[]) AS n (id, why, at)');
  });

  it('keep nothing, empty texts and texts that look like the notation apart', () => {
    const rows = [
      { id: 'a', why: '', at: null },
      { id: 'b', why: 'NULL', at: 7 },
      { id: 'c', why: '{"\\,', at: 0 },
    ];
    expect(arrayParameters(rows, COLUMNS)).toEqual([
      '{a,b,c}',
      String.raw`{"","NULL","{\"\\,"}`,
      '{NULL,7,0}',
    ]);
  });

  it('may contain JSON', () => {
    const to: Columns<Row> = { to: ['json', (row) => row.to] };
    const rows = [{ id: 'a', why: '', at: 0, to: { name: 'a "b" \\' } }];
    expect(arrayParameters(rows, to)).toEqual([String.raw`{"{\"name\":\"a \\\"b\\\" \\\\\"}"}`]);
  });

  it('may be none', () => {
    expect(arrayParameters([], COLUMNS)).toEqual(['{}', '{}', '{}']);
  });
});
