/** Two under way: one is being answered while the next is being filled. */
const FLIGHTS = 2;
const MOST = 128;

interface Question<K, V> {
  readonly key: K;
  readonly resolve: (answer: V) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Asks for many things at once: what is asked in one tick, and while earlier questions are under way, travels together.
 * Nobody waits at low load.
 */
export class Gathered<K, V> {
  private waiting: Question<K, V>[] = [];
  private flights = 0;

  /** @param askAll answers in the order of the keys; when it rejects, each of those who asked is told so */
  constructor(private readonly askAll: (keys: readonly K[]) => Promise<readonly V[]>) {}

  ask(key: K): Promise<V> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ key, resolve, reject });
      if (this.flights < FLIGHTS) void this.fly();
    });
  }

  private async fly(): Promise<void> {
    this.flights += 1;
    await Promise.resolve();
    while (this.waiting.length > 0) {
      const group = this.waiting.splice(0, MOST);
      try {
        const answers = await this.askAll(group.map(({ key }) => key));
        group.forEach(({ resolve }, index) => resolve(answers[index]));
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.flights -= 1;
  }
}
