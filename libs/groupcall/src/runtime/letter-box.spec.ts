import { PeerLink, type PeerLetter } from '../ports/peer-link.port.js';
import { RealTimers } from './real-timers.js';
import { LetterBox } from './letter-box.js';

/** Says that letters are on their way when it is told to. */
class SlowLink extends PeerLink {
  override readonly mostBytes = 200;
  readonly sent: (readonly PeerLetter[])[] = [];
  go: () => void = () => undefined;

  override start(): void {}
  override async stop(): Promise<void> {}
  override send(letters: readonly PeerLetter[]): Promise<void> {
    this.sent.push(letters);
    return new Promise((resolve) => (this.go = resolve));
  }
}

describe('A letter box', () => {
  const setUp = () => {
    const link = new SlowLink();
    return { link, box: new LetterBox(link, new RealTimers(), () => 'me') };
  };
  const soon = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

  it('puts what is posted together into one letter for each who is to have it', async () => {
    const { link, box } = setUp();
    box.post('anna', '["a"]');
    box.post(undefined, '["all"]');
    box.post('anna', '["b"]');
    await soon();
    expect(link.sent).toEqual([
      [
        { to: 'anna', text: '["me",["a"],["b"]]' },
        { to: undefined, text: '["me",["all"]]' },
      ],
    ]);
  });

  it('gathers while letters are on their way', async () => {
    const { link, box } = setUp();
    box.post('anna', '1');
    await soon();
    box.post('anna', '2');
    await soon();
    box.post('anna', '3');
    await soon();
    expect(link.sent).toHaveLength(1);
    link.go();
    await soon();
    expect(link.sent[1]).toEqual([{ to: 'anna', text: '["me",2,3]' }]);
    link.go();
    await box.emptied();
  });

  it('begins another letter before one is too large, and keeps the order', async () => {
    const { link, box } = setUp();
    const items = Array.from({ length: 20 }, (_, index) => JSON.stringify(`${index} é`));
    for (const item of items) box.post('anna', item);
    await soon();
    const letters = link.sent[0];
    expect(letters.length).toBeGreaterThan(1);
    for (const { text } of letters) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(link.mostBytes);
    const all = letters.flatMap(({ text }) => (JSON.parse(text) as string[]).slice(1));
    expect(all).toEqual(items.map((item) => JSON.parse(item) as string));
  });

  it('forgets what has not left when it is cleared, and goes on', async () => {
    const { link, box } = setUp();
    box.post('anna', '1');
    box.clear();
    await soon();
    expect(link.sent).toEqual([]);
    box.post('anna', '2');
    await soon();
    expect(link.sent).toEqual([[{ to: 'anna', text: '["me",2]' }]]);
  });
});
