import { MinHeap } from '../../runtime/min-heap.js';

/** Something that will happen. */
interface Entry {
  readonly at: number;
  /** What was entered first happens first, of what happens at the same moment. */
  readonly order: number;
  work: (() => void) | null;
}

/**
 * Virtual time (epoch ms, with fractions) and everything that is going to happen in it: nothing waits for real. After
 * each happening all promises that can go on do so, before the next one.
 */
export class Agenda {
  private readonly heap = new MinHeap<Entry>(isBefore);
  private entered = 0;
  /** Things that have happened. */
  happened = 0;

  constructor(private moment: number) {}

  get now(): number {
    return this.moment;
  }

  /** @returns what crosses it out again */
  after(ms: number, work: () => void): () => void {
    const entry: Entry = { at: this.moment + Math.max(0, ms), order: this.entered, work };
    this.entered += 1;
    this.heap.push(entry);
    return () => (entry.work = null);
  }

  /** Lets time pass until `end`. Stops early, at once, when `enough` says so. */
  async run(end: number, enough: () => boolean = () => false): Promise<void> {
    await settled();
    while ((this.heap.first?.at ?? Infinity) <= end && !enough()) {
      const { at, work } = this.heap.pop()!;
      if (!work) continue;
      this.moment = at;
      this.happened += 1;
      work();
      await settled();
    }
    if (!enough()) this.moment = Math.max(this.moment, end);
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** When every promise that can go on has gone on: an immediate comes after all of them. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
