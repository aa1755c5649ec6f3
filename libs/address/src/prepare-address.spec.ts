import fc from 'fast-check';
import { ADDRESS_TYPES, checkAddress, prepareAddress, toAddress, type AddressType } from './index.js';

const targetOf = (type: AddressType, target: string) => prepareAddress({ type, target });
const isRefused = (type: AddressType, target: string) =>
  targetOf(type, target).problems.some(({ field }) => field === 'target');

describe('preparing an address', () => {
  it('normalises what is good and fills what is missing', () => {
    expect(prepareAddress({ type: 'tel', target: ' +1 (555) 123-4567 ' })).toEqual({
      address: toAddress({ type: 'tel', target: '+15551234567' }),
      problems: [],
    });
    expect(targetOf('sip', ' Alice@PBX.example.com;ob ').address.target).toBe('Alice@pbx.example.com;ob');
  });

  it('drops keys that are not an address\u2019s', () => {
    const { address, problems } = prepareAddress(
      JSON.parse('{"type":"groupcall","customer_id":"x","__proto__":{"target":"x"}}'),
    );
    expect(problems).toEqual([]);
    expect(address).toEqual(toAddress({ type: 'groupcall' }));
  });

  it.each([
    ['+1555&+16665550100', 'a second leg'],
    ['300&Zap/g1/4165551212', 'a second leg through another channel'],
    ['+15551234567,30,g', 'dial options'],
    ['{origination_caller_id_number=1}+15551234567', 'channel variables'],
    ['+15551234567|+16665550100', 'an alternative leg'],
    ['+15551234567;phone-context=1', 'parameters'],
    ['+1555123%0d%0a4567', 'an escaped line break, whose zeros would become digits'],
    ['+1555123\r\n4567', 'a line break'],
    ['+15551234567\n', 'a line break at the end'],
    ['+1555123\u00004567', 'a NUL'],
    ['+1555123\u00854567', 'a C1 control'],
    ['<+15551234567>', 'angle brackets'],
    ['"Bob" +15551234567', 'a quoted name'],
    ['+1555123\\4567', 'a backslash'],
    ['+1555123４4567', 'a fullwidth digit that would be lost'],
    ['+1555123\u06654567', 'an Arabic-Indic digit that would be lost'],
    ['+1555\ud8001234567', 'half a character'],
    ['+123', 'three digits'],
    ['+12345678901234567890', 'twenty digits'],
    ['anonymous', 'no digit at all'],
    ['', 'nothing'],
  ])('refuses the number %j: %s', (target) => {
    expect(isRefused('tel', target)).toBe(true);
    expect(isRefused('whatsapp', target)).toBe(true);
  });

  it('does not normalise a number that it refuses', () => {
    expect(targetOf('tel', '+1555&+16665550100').address.target).toBe('+1555&+16665550100');
  });

  it.each([
    ['+49 (0)30 1234567', '+490301234567'],
    ['\u202e+1 555 123 4567', null],
    ['+1 555\u200f 123 4567', '+15551234567'],
    ['+1-800-FLOWERS', null],
    ['00 1 555 123 4567', null],
    ['tel:+15551234567', null],
  ])('dials the number %j normalised or not at all, never raw', (target, dialled) => {
    const { address, problems } = targetOf('tel', target);
    expect(problems.length === 0 ? address.target : null).toBe(dialled);
  });

  it.each([
    'alice&SIP/trunk/900@example.com',
    'alice,30@example.com',
    'alice|bob@example.com',
    '{sip_h_X=1}alice@example.com',
    '"alice"@example.com',
    '<sip:alice@example.com>',
    'alice\\@example.com',
    'alice@example.com&SIP/trunk',
    'alice@example.com|loopback/900',
    'alice@example.com,{x=1}sofia/900',
    'alice@example.com>;tag=1',
    'alice@example.com;x=1>,<sip:bob@example.com',
    'alice@example.com;x="1"',
    'alice@example.com;x=1 SIP/2.0',
    'alice%0d%0aX-Evil:1@example.com',
    'alice@example.com?Subject=x%0D%0AX-Evil:%201',
    'alice%00@example.com',
    'alice@example.com;x=%7f',
    'alice@example.com;x=%c2%85',
    'alice@example.com;x=%C0%8D',
    'alice\r\nX-Evil: 1@example.com',
    'alice@example.com\r\n',
    '\u0000alice@example.com',
    'alice@example.com;x=\u009b',
    'alice@example.com?x=\ud800',
    'bob@evil.example@example.com',
  ])('refuses the sip address %j', (target) => {
    expect(isRefused('sip', target)).toBe(true);
  });

  it.each([
    'sip:a@b;transport=tcp?X=1',
    'alice@example.com?Subject=caf%c3%a9%20%C3%80&Replaces=Call@ID',
    'al%26ice@example.com',
    'sip:7002@211.200.20.28:53941;transport=udp;alias=211.200.20.28~53941~1',
  ])('keeps the parameters, headers and escapes of %s verbatim', (target) => {
    expect(targetOf('sip', target)).toEqual({ address: toAddress({ type: 'sip', target }), problems: [] });
  });

  it.each([
    ['Evil\r\nX-Header: 1', 1],
    ['tab\tbed', 1],
    ['x'.repeat(10_000), 1],
    ['\ud83d', 1],
    ['📞 Zoë', 0],
    ['say "hi" to \\', 0],
  ])(
    'judges the display name %j (case %#) as text: quoting it is the work of whoever writes a header',
    (target_name, count) => {
      expect(prepareAddress({ type: 'tel', target: '+15551234567', target_name }).problems).toHaveLength(
        count,
      );
    },
  );

  it('refuses what is not text, and what is not an address, without throwing', () => {
    expect(
      prepareAddress({ type: 'tel', target: 15551234567, name: null, detail: ['x'] })
        .problems.map(({ field }) => field)
        .sort(),
    ).toEqual(['detail', 'name', 'target']);
    for (const input of [null, undefined, 'tel', 42, [], [{ type: 'tel' }]]) {
      expect(prepareAddress(input).problems).toEqual([
        { field: 'type', message: expect.stringContaining('object') },
      ]);
    }
    fc.assert(
      fc.property(fc.jsonValue(), (input) =>
        prepareAddress(input).problems.every(({ message }) => message !== ''),
      ),
    );
  });

  it('takes another text limit', () => {
    expect(prepareAddress({ type: '', name: 'abcdef' }, 5).problems).toEqual([
      { field: 'name', message: expect.stringContaining('longer than 5 characters') },
    ]);
  });

  it('refuses a dangerous character at every place of a number', () => {
    const dangerous = fc.oneof(
      fc.constantFrom('"', '<', '>', '\\', '&', ',', '|', '{', '}', ';', '%0d%0a', '%00', '\ud800'),
      fc.integer({ min: 0, max: 0x1f }).map((code) => String.fromCharCode(code)),
      fc.integer({ min: 0x7f, max: 0x9f }).map((code) => String.fromCharCode(code)),
    );
    fc.assert(
      fc.property(dangerous, fc.nat({ max: 12 }), (text, at) => {
        const number = '+15551234567';
        expect(isRefused('tel', number.slice(0, at) + text + number.slice(at))).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('lets nothing through that checking the result would refuse, and changes nothing the second time', () => {
    const seeds = [
      '+15551234567',
      'Alice@Example.com;x=1?y=2',
      'User <User@Example.com>',
      'a04a1f51-2495-48a5-9012-8081aa90b902',
    ];
    const piece = fc.constantFrom(
      ...seeds,
      '&',
      ' ',
      '\n',
      '%0a',
      '%41',
      '"',
      '@',
      ';',
      '\u00a0',
      '\u0665',
      'İ',
      '\ud800',
      '🙂',
    );
    const accepted = new Set<string>();
    fc.assert(
      fc.property(
        fc.constantFrom(...ADDRESS_TYPES),
        fc.constantFrom(...seeds),
        fc.array(piece, { maxLength: 3 }),
        (type, seed, pieces) => {
          const { address, problems } = targetOf(type, [seed, ...pieces].join(''));
          if (problems.length > 0) return;
          accepted.add(type);
          expect(checkAddress(address)).toEqual([]);
          expect(prepareAddress(address)).toEqual({ address, problems: [] });
          expect(address.target).not.toMatch(/[\p{Cc}\p{Cs}]/u);
          if (type === 'tel') expect(address.target).toMatch(/^\+[0-9]{7,15}$/);
          if (type === 'sip') expect(address.target).not.toMatch(/["<>\\,|{}\s]|%0/);
        },
      ),
      { numRuns: 5000 },
    );
    expect([...accepted]).toEqual(expect.arrayContaining(['tel', 'sip', 'email', 'agent', 'extension', '']));
  });
});
