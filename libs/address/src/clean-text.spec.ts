import { cleanText } from './clean-text.js';
import { findTextProblem } from './text-problem.js';

describe('A text that is only there to be read', () => {
  it.each([
    ['says the same when nothing is wrong with it', 'Köln 🙂 "x"', 'Köln 🙂 "x"'],
    ['loses its control characters', 'a\u0000b\r\nc\u0085d\u007f', 'a b  c d '],
    ['loses half characters', 'a\ud83db\udc00', 'a\ufffdb\ufffd'],
  ])('%s', (_what, text, expected) => {
    expect(cleanText(text)).toBe(expected);
  });

  it('is cut between characters, never within one', () => {
    expect(cleanText('🙂'.repeat(300), 255)).toBe('🙂'.repeat(255));
    expect(cleanText(`a${'🙂'.repeat(300)}`, 2)).toBe('a🙂');
    expect(cleanText(`${'a'.repeat(9)}🙂`, 5)).toBe('aaaaa');
  });

  it('has nothing in it afterwards that a store would refuse', () => {
    for (const text of ['\u0000'.repeat(1_000), '\ud83d'.repeat(1_000), 'x\ud83d'.repeat(300)])
      expect(findTextProblem(cleanText(text), 255)).toBeNull();
  });
});
