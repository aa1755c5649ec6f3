/**
 * Waiting, as opposed to telling the time (that is the `Clock`): retries, polls and patience. Nothing that is decided
 * depends on it, so a simulation may let it pass at its own pace. All durations in ms.
 */
export abstract class Timers {
  /** Runs `work` once, `ms` from now or later. @returns what calls it off */
  abstract after(ms: number, work: () => void): () => void;

  /** Resolves when all that has arrived by now has been read: not a time that passes, only a place in the order. */
  soon(): Promise<void> {
    return Promise.resolve();
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(ms, resolve);
    });
  }
}
