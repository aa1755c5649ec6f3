import { Doom } from './doom.js';

const inOrder = { code: 0, signal: null };
const killed = { code: null, signal: 'SIGKILL' } as const;

describe('what a server has ended of', () => {
  it('of nothing we wanted, when nobody has told it to end', () => {
    expect(new Doom().causeOf(inOrder)).toBeNull();
    expect(new Doom().causeOf(killed)).toBeNull();
  });

  it('of its shutdown, also when it was to die at a failpoint that it never reached', () => {
    const doom = new Doom();
    doom.stop();
    doom.killAtFailpoint();
    expect(doom.causeOf(inOrder)).toBe('stop');
    expect(doom.causeOf(killed)).toBe('failpoint');
  });

  it('of nothing we wanted, when it ends in order though it was to be killed', () => {
    const doom = new Doom();
    doom.killAtFailpoint();
    expect(doom.causeOf(inOrder)).toBeNull();
    expect(doom.causeOf({ code: 1, signal: null })).toBeNull();
    doom.kill();
    expect(doom.causeOf(inOrder)).toBeNull();
    expect(doom.causeOf(killed)).toBe('kill');
  });
});
