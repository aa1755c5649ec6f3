/** What has happened, a line each, as far as somebody wants to know: writing it costs more than the happening itself. */
export class Trace {
  readonly lines: string[] = [];

  /** @param now the moment of a line */
  constructor(
    private readonly wanted: boolean,
    private readonly now: () => number,
  ) {}

  note(line: () => string): void {
    if (!this.wanted) return;
    this.lines.push(`${(this.now() - EPOCH).toFixed(1).padStart(9)}  ${line()}`);
  }
}

/** When every simulation begins, epoch ms. */
export const EPOCH = Date.UTC(2026, 0, 1);

/** Enough of an id to tell it from the others of a run. */
export function short(id: string): string {
  return id.slice(-6);
}
