interface Waiting<Item, Result> {
  readonly item: Item;
  readonly key: string;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Gathers what is asked for while a statement is under way into the next statement: alone it goes out at once, in a
 * crowd hundreds share one round trip. One statement at a time; items go out in the order in which they came, except
 * that two with the same key never share a statement.
 */
export class GroupCommit<Item, Result> {
  private waiting: Waiting<Item, Result>[] = [];
  private flying = false;

  /**
   * @param write makes a group durable; its results are in the order of the items. A rejection reaches every item.
   * @param keyOf items with the same key are kept apart
   */
  constructor(
    private readonly write: (items: Item[]) => Promise<Result[]>,
    private readonly keyOf: (item: Item) => string,
    private readonly most = 256,
  ) {}

  /** Resolves when the item's group is durable. A rejection means that the outcome is not known. */
  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, key: this.keyOf(item), resolve, reject });
      void this.pump();
    });
  }

  private async pump(): Promise<void> {
    if (this.flying) return;
    this.flying = true;
    // Whatever is asked for in this tick goes out together.
    await Promise.resolve();
    while (this.waiting.length > 0) await this.fly(this.nextGroup());
    this.flying = false;
  }

  private nextGroup(): Waiting<Item, Result>[] {
    const group: Waiting<Item, Result>[] = [];
    const left: Waiting<Item, Result>[] = [];
    const keys = new Set<string>();
    for (const one of this.waiting) {
      const fits = group.length < this.most && !keys.has(one.key);
      (fits ? group : left).push(one);
      keys.add(one.key);
    }
    this.waiting = left;
    return group;
  }

  private async fly(group: Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.write(group.map(({ item }) => item));
      group.forEach(({ resolve }, index) => resolve(results[index]));
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }
}
