import type { PeerLetter, PeerLink } from '../ports/peer-link.port.js';
import type { Timers } from '../ports/timers.port.js';

/** Of a letter besides its items: brackets, quotes, the sender. */
const FRAME = 64;

/**
 * Gathers what goes to the same process: items of one round of the event loop, and of the time that the letters before
 * need. At low load an item goes at once and alone.
 */
export class LetterBox {
  private items = new Map<string | undefined, string[]>();
  private emptying: Promise<void> | undefined;

  /** @param from what each letter begins with */
  constructor(
    private readonly link: PeerLink,
    private readonly timers: Timers,
    private readonly from: () => string,
  ) {}

  /**
   * @param to undefined: everybody
   * @param item JSON
   */
  post(to: string | undefined, item: string): void {
    const waiting = this.items.get(to);
    if (waiting) waiting.push(item);
    else this.items.set(to, [item]);
    this.emptying ??= this.empty();
  }

  /** Resolves when all that was posted is on its way. */
  async emptied(): Promise<void> {
    await this.emptying;
  }

  /** What has not left yet never will. */
  clear(): void {
    this.items.clear();
  }

  private async empty(): Promise<void> {
    await this.timers.soon();
    while (this.items.size > 0) {
      const { items } = this;
      this.items = new Map();
      await this.link.send([...items].flatMap(([to, waiting]) => this.lettersTo(to, waiting)));
    }
    this.emptying = undefined;
  }

  private lettersTo(to: string | undefined, items: readonly string[]): PeerLetter[] {
    const texts: string[] = [];
    const head = `[${JSON.stringify(this.from())}`;
    let text = head;
    let bytes = FRAME;
    for (const item of items) {
      const more = Buffer.byteLength(item) + 1;
      if (bytes + more > this.link.mostBytes && text !== head) {
        texts.push(`${text}]`);
        text = head;
        bytes = FRAME;
      }
      text += `,${item}`;
      bytes += more;
    }
    return [...texts, `${text}]`].map((one) => ({ to, text: one }));
  }
}
