import fc from 'fast-check';
import vectors from '../test-vectors/address.json' with { type: 'json' };
import { ADDRESS_TYPES, normalizeTarget } from './index.js';

const anyType = fc.constantFrom(...ADDRESS_TYPES, 'unknown');
/** Plain Unicode, half characters included, and text made of what the rules look at. */
const anyTarget = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom(
      '+',
      '1',
      '0',
      '@',
      ';',
      '?',
      ':',
      'A',
      'b',
      ' ',
      '\t',
      '\n',
      '\u00a0',
      '\ufeff',
      '\u0665',
      'İ',
      'Σ',
      'K',
      '\ud800',
    ),
  }),
);

describe('normalising a target', () => {
  it.each(vectors.normalize)('agrees with the platform: $name', ({ type, input, output, error }) => {
    expect(normalizeTarget(type, input)).toEqual({ target: output, error });
  });

  it('keeps an empty phone number and says that there is no number in it', () => {
    expect(normalizeTarget('tel', '')).toEqual({ target: '', error: 'not_normalizable' });
  });

  it('lower-cases the host of a sip address and nothing behind it', () => {
    expect(normalizeTarget('sip', 'sip:Bob@PBX.Example.COM:5061;Transport=TCP?X-Tag=AbC').target).toBe(
      'sip:Bob@pbx.example.com:5061;Transport=TCP?X-Tag=AbC',
    );
  });

  it('splits at the last @ before the parameters, and leaves what is before it alone', () => {
    expect(normalizeTarget('sip', 'A@B@Host.COM;x=C@D').target).toBe('A@B@host.com;x=C@D');
  });

  it('is idempotent in value and in error, whatever the text', () => {
    fc.assert(
      fc.property(anyType, anyTarget, (type, target) => {
        const once = normalizeTarget(type, target);
        expect(normalizeTarget(type, once.target)).toEqual(once);
      }),
      { numRuns: 2000 },
    );
  });

  it('never blanks a text with something in it; white space alone becomes empty for email and sip only', () => {
    fc.assert(
      fc.property(anyType, anyTarget, (type, target) => {
        const { target: normalized } = normalizeTarget(type, target);
        const mayEmpty = type === 'email' || type === 'sip';
        if (target.trim() !== '') expect(normalized.trim()).not.toBe('');
        else expect(normalized).toBe(mayEmpty ? '' : target);
      }),
      { numRuns: 2000 },
    );
  });

  it('gives nothing but digits behind an optional plus, or the original text with an error', () => {
    fc.assert(
      fc.property(fc.constantFrom('tel', 'whatsapp'), anyTarget, (type, target) => {
        const result = normalizeTarget(type, target);
        if (result.error === null) expect(result.target).toMatch(/^\+?[0-9]+$/);
        else expect(result).toEqual({ target, error: 'not_normalizable' });
      }),
      { numRuns: 2000 },
    );
  });
});
