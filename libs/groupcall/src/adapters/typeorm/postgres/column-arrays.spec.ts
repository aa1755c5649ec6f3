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

  it('say of each row what is its own, also between neighbours that are alike', () => {
    const shared = { name: 'a\u0001"' };
    const columns: Columns<Row> = { ...COLUMNS, to: ['json', (row) => row.to ?? null] };
    const rows = [
      { id: 'a', why: '', at: null, to: shared },
      { id: 'a', why: '', at: null, to: shared },
      { id: 'b', why: '0', at: 0 },
      { id: 'b', why: '0', at: 0, to: { name: 'a\u0001"' } },
    ];
    const json = String.raw`"{\"name\":\"a\\u0001\\\"\"}"`;
    expect(arrayParameters(rows, columns)).toEqual([
      '{a,a,b,b}',
      '{"","","0","0"}',
      '{NULL,NULL,0,0}',
      `{${json},${json},NULL,${json}}`,
    ]);
  });

  it('may be none', () => {
    expect(arrayParameters([], COLUMNS)).toEqual(['{}', '{}', '{}']);
  });
});
