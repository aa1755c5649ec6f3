import { ago, count, detailOf, duration, nameOf, shortId } from './format.js';
import { filterQuery, listLink, parseRoute } from './links.js';
import { sip } from './testing/tree.js';

describe('words for people', () => {
  it.each([
    [0, '0.0 s'],
    [-5, '0.0 s'],
    [940, '0.9 s'],
    [9_949, '9.9 s'],
    [9_951, '10 s'],
    [59_400, '59 s'],
    [125_000, '2 min 05 s'],
    [300_000, '5 min'],
    [7_260_000, '2 h 01 min'],
  ])('%d ms last %s', (ms, text) => expect(duration(ms)).toBe(text));

  it.each([
    [4_999, 'just now'],
    [44_000, '40 s ago'],
    [60_000, '1 min ago'],
    [7_200_000, '2 h ago'],
    [172_800_000, '2 d ago'],
  ])('%d ms were %s', (ms, text) => expect(ago(ms)).toBe(text));

  it('name an address by what people call it', () => {
    expect([nameOf(sip('Ann')), detailOf(sip('Ann'))]).toEqual(['Ann', 'sip ann@sim']);
    const plain = { ...sip(''), target: '+15550100', type: 'tel' } as const;
    expect([nameOf(plain), detailOf(plain)]).toEqual(['+15550100', 'tel']);
    expect(nameOf({ ...sip(''), type: '', target: '' })).toBe('nobody in particular');
  });

  it('count and shorten', () => {
    expect([count(1, 'try', 'tries'), count(2, 'try', 'tries'), count(0, 'call')]).toEqual([
      '1 try',
      '2 tries',
      '0 calls',
    ]);
    expect(shortId('01900000-0000-7000-8000-00000000abcd')).toBe('…0000abcd');
  });
});

describe('an address', () => {
  const id = '01900000-0000-7000-8000-00000000abcd';

  it('leads to the list, narrowed or not, and to a groupcall', () => {
    expect(parseRoute('')).toEqual({ page: 'list', filter: {} });
    expect(parseRoute('#/groupcalls?phase=live&other=1')).toEqual({
      page: 'list',
      filter: { phase: 'live' },
    });
    expect(parseRoute(`#/groupcalls/${id.toUpperCase()}`)).toEqual({ page: 'tree', id });
    expect(parseRoute('#/groupcalls/../about')).toEqual({ page: 'unknown' });
  });

  it('is the filter, back and forth', () => {
    const filter = { phase: 'talking', customer_id: id } as const;
    expect(parseRoute(listLink(filter))).toEqual({ page: 'list', filter });
    expect(filterQuery({ phase: '' }).toString()).toBe('');
  });
});
