/** How long a lane is remembered that was given back: longer than any commit is under way, ms. */
const MEMORY = 20_000;

interface Closed {
  /** Of the last commit begun before: it, and those before it, knew nothing of it. */
  readonly commitNo: number;
  readonly at: number;
  /** It could not even be given back: what follows waits until its hold has run out. */
  readonly isLost: boolean;
}

/** Lanes that a process has given back: whatever of them was committed by then has to go the same way when it comes. */
export class ClosedLanes {
  private readonly lanes = new Map<string, Closed>();

  /** Undefined when nothing that was committed with `commitNo` has to follow the lane. */
  find(name: string, commitNo: number): Closed | undefined {
    const closed = this.lanes.get(name);
    return closed && commitNo <= closed.commitNo ? closed : undefined;
  }

  close(name: string, { commitNo, at, isLost }: Closed): void {
    const before = this.lanes.get(name);
    // In the order of their moments.
    this.lanes.delete(name);
    this.lanes.set(name, { commitNo, at, isLost: isLost || before?.isLost === true });
    for (const [other, closed] of this.lanes) {
      if (closed.at > at - MEMORY) return;
      this.lanes.delete(other);
    }
  }
}
