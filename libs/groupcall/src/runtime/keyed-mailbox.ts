/**
 * One line per key: what is posted while a key's turn runs waits and is then taken together, as one batch.
 * It gives order and speed; what is safe between processes is the store's business.
 */
export class KeyedMailbox<T> {
  private readonly waiting = new Map<string, T[]>();
  private readonly idle: (() => void)[] = [];
  private count = 0;

  /** @param take handles a batch; must not reject */
  constructor(private readonly take: (key: string, batch: T[]) => Promise<void>) {}

  /** Items posted and not yet handled. */
  get size(): number {
    return this.count;
  }

  post(key: string, item: T): void {
    this.count += 1;
    const line = this.waiting.get(key);
    if (line) {
      line.push(item);
      return;
    }
    this.waiting.set(key, [item]);
    void this.run(key);
  }

  /** Resolves when nothing is waiting or running. */
  whenIdle(): Promise<void> {
    if (this.count === 0) return Promise.resolve();
    return new Promise((resolve) => this.idle.push(resolve));
  }

  private async run(key: string): Promise<void> {
    // Posts of the same tick belong to the first batch.
    await Promise.resolve();
    for (;;) {
      const batch = this.waiting.get(key)!;
      if (batch.length === 0) break;
      this.waiting.set(key, []);
      await this.take(key, batch);
      this.count -= batch.length;
    }
    this.waiting.delete(key);
    if (this.count === 0) for (const resolve of this.idle.splice(0)) resolve();
  }
}
