/** Whatever comes first, in logarithmic time. */
export class MinHeap<T> {
  private readonly items: T[] = [];

  constructor(private readonly isBefore: (a: T, b: T) => boolean) {}

  get size(): number {
    return this.items.length;
  }

  /** What comes first, still in here. */
  get first(): T | undefined {
    return this.items[0];
  }

  push(item: T): void {
    const { items } = this;
    let at = items.length;
    items.push(item);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.isBefore(items[parent], item)) break;
      items[at] = items[parent];
      at = parent;
    }
    items[at] = item;
  }

  /** Takes out what comes first. */
  pop(): T | undefined {
    const { items } = this;
    const first = items[0];
    const last = items.pop();
    const size = items.length;
    if (last === undefined || size === 0) return first;
    let at = 0;
    for (let child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && this.isBefore(items[child + 1], items[child])) child += 1;
      if (this.isBefore(last, items[child])) break;
      items[at] = items[child];
      at = child;
    }
    items[at] = last;
    return first;
  }

  clear(): void {
    this.items.length = 0;
  }
}
