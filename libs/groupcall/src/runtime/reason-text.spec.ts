import { reasonText } from './reason-text.js';

describe('What went wrong', () => {
  it('is told in the words of the error', () => {
    expect(reasonText(new TypeError('no answer'))).toBe('TypeError: no answer');
    expect(reasonText('busy')).toBe('busy');
    expect(reasonText(undefined)).toBe('undefined');
  });

  it('is one line that can be stored', () => {
    expect(reasonText('a\0b\nc\ud800')).toBe('a b c\ufffd');
    expect(reasonText('\u{1f642}'.repeat(5_000))).toBe('\u{1f642}'.repeat(1_000));
  });

  it.each([
    ['nothing to be called by', Object.create(null)],
    [
      'words that fail',
      {
        toString: () => {
          throw new Error('none');
        },
      },
    ],
  ])('is told although it has %s', (_what, reason) => {
    expect(reasonText(reason)).toBe('an error that has no text');
  });
});
