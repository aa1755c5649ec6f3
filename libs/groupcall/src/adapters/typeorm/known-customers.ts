const MOST_KNOWN = 10_000;

/** Customers whose row is there for certain, so that nobody has to make sure of it again. Forgotten when they are many. */
export class KnownCustomers {
  private readonly ids = new Set<string>();

  /** Each of the others once, in one order for everybody. */
  missing(customerIds: readonly string[]): string[] {
    return [...new Set(customerIds)].filter((id) => !this.ids.has(id)).sort();
  }

  add(customerIds: readonly string[]): void {
    if (this.ids.size > MOST_KNOWN) this.ids.clear();
    for (const id of customerIds) this.ids.add(id);
  }
}
