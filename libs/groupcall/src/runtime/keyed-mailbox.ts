/**
 * One line per key: what is posted while a key's turn runs waits and is then taken together, as one batch.
 * It gives order and speed; what is safe between processes is the store's business.
 */
export class KeyedMailbox<T> {
  private readonly waiting = new Map<string, T[]>();
  private readonly idle: (() => void)[] = [];
  private count = 0;

  /**
   * @param take handles a batch; must not reject. What has come meanwhile it may have with `more`, which adds it to the
   * batch
   * @param room waited for before a batch is closed: what is posted meanwhile belongs to it. undefined: there is room
   * @param gathered waited for before the first batch of an idle key: what comes together belongs together
   */
  constructor(
    private readonly take: (key: string, batch: T[], more: () => T[]) => Promise<void>,
    private readonly room: () => Promise<void> | undefined = () => undefined,
    private readonly gathered: () => Promise<void> = () => Promise.resolve(),
  ) {}

  /** Items posted and not yet handled. */
  get size(): number {
    return this.count;
  }

  /** Whether a batch of this key is waiting or under way. */
  isBusy(key: string): boolean {
    return this.waiting.has(key);
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
    await this.gathered();
    for (;;) {
      if (this.waiting.get(key)!.length === 0) break;
      const room = this.room();
      if (room) await room;
      const batch = this.waiting.get(key)!;
      this.waiting.set(key, []);
      await this.take(key, batch, () => {
        const line = this.waiting.get(key)!.splice(0);
        batch.push(...line);
        return line;
      });
      this.count -= batch.length;
    }
    this.waiting.delete(key);
    if (this.count === 0) for (const resolve of this.idle.splice(0)) resolve();
  }
}
