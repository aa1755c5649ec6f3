import { checkAddress, toAddress, type AddressField } from './index.js';

const tel = toAddress({
  type: 'tel',
  target: '+15551234567',
  target_name: 'Zoë 📞',
  name: "O'Brien, Kim",
  detail: 'desk',
});
const fields = (...args: Parameters<typeof checkAddress>) => checkAddress(...args).map(({ field }) => field);

describe('checking an address', () => {
  it('finds nothing wrong with a good one', () => {
    expect(checkAddress(tel)).toEqual([]);
    expect(checkAddress(toAddress({}))).toEqual([]);
    expect(checkAddress(toAddress({ type: 'extension', target_name: '2000' }))).toEqual([]);
    expect(checkAddress(toAddress({ type: 'groupcall', target_name: 'sales' }))).toEqual([]);
  });

  it('names an unknown type, says which there are, and does not repeat the value', () => {
    const [problem] = checkAddress({ ...tel, type: 'Fax<script>' });
    expect(problem).toEqual({ field: 'type', message: expect.stringContaining('tel, webchat') });
    expect(problem?.message).not.toContain('script');
  });

  it.each(['ai', 'ai_team'] as const)('refuses %s, whose target cannot be checked', (type) => {
    expect(fields(toAddress({ type, target: 'a04a1f51-2495-48a5-9012-8081aa90b902' }))).toEqual(['type']);
  });

  it.each([
    'tel',
    'whatsapp',
    'sip',
    'email',
    'agent',
    'conference',
    'line',
    'webchat',
    'web_session',
    'extension',
  ] as const)('says what a %s target looks like, with an example that is itself accepted', (type) => {
    const [problem, ...more] = checkAddress(toAddress({ type, target: '' }));
    expect(more).toEqual([]);
    expect(problem?.field).toBe('target');
    const example = problem?.message.split('for example ')[1] ?? '';
    expect(example).not.toBe('');
    expect(checkAddress(toAddress({ type, target: example }))).toEqual([]);
  });

  it.each(['target', 'target_name', 'name', 'detail'] as AddressField[])(
    'refuses every control character in %s',
    (field) => {
      const codes = [...Array(0x20).keys(), ...Array.from({ length: 0x21 }, (_, index) => 0x7f + index)];
      expect(codes).toHaveLength(65);
      for (const code of codes) {
        const address = { ...tel, type: '', [field]: `Name${String.fromCharCode(code)}X-Evil: 1` };
        expect(checkAddress(address)).toEqual([
          { field, message: expect.stringContaining('control character') },
        ]);
      }
      expect(checkAddress({ ...tel, type: '', [field]: 'Name\u00a0~ ' })).toEqual([]);
    },
  );

  it('refuses half a character but not an emoji', () => {
    for (const name of ['\ud83d', 'a\udcde', '\udcde\ud83d', 'x\ud800y'])
      expect(fields({ ...tel, name })).toEqual(['name']);
    expect(fields({ ...tel, name: '👩‍👩‍👧‍👦 family' })).toEqual([]);
  });

  it('counts 255 characters, not half characters, and takes another limit', () => {
    expect(fields({ ...tel, name: '📞'.repeat(255) })).toEqual([]);
    expect(fields({ ...tel, name: '📞'.repeat(256) })).toEqual(['name']);
    expect(fields({ ...tel, detail: 'x'.repeat(255) })).toEqual([]);
    expect(fields({ ...tel, detail: 'x'.repeat(256) })).toEqual(['detail']);
    expect(fields({ ...tel, detail: 'x'.repeat(10_000) })).toEqual(['detail']);
    expect(fields({ ...tel, name: '', detail: 'x'.repeat(13) }, 12)).toEqual(['detail']);
  });

  it('names every bad field, each once', () => {
    expect(
      fields({
        type: 'tel',
        target: 'x\n&',
        target_name: '\r',
        name: '\ud800',
        detail: 'x'.repeat(300),
      }).sort(),
    ).toEqual(['detail', 'name', 'target', 'target_name']);
  });
});
