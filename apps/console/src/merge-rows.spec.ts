import { mergeRows } from './merge-rows.js';
import { rowOf } from './testing/tree.js';

describe('a change of the list', () => {
  const [four, three, two] = [rowOf('4'), rowOf('3'), rowOf('2')];
  const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => id).join('');

  it('takes its place, and leaves every other row the object that it was', () => {
    const changed = rowOf('3', { phase: 'talking' });
    const merged = mergeRows([four, three, two], [changed, rowOf('5')], ['3', '5'], '');
    expect(ids(merged)).toBe('5432');
    expect(merged[1]).toBe(four);
    expect(merged[2]).toBe(changed);
  });

  it('removes what matches no more', () => {
    expect(ids(mergeRows([four, three, two], [], ['3', '9'], ''))).toBe('42');
  });

  it('leaves what is older than the last page loaded to its own page', () => {
    expect(ids(mergeRows([four, three], [rowOf('1'), rowOf('5')], ['1', '5'], '3'))).toBe('543');
  });
});
