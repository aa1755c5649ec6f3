import type { Agenda } from '../../../libs/groupcall/src/testing/virtual-time/agenda.js';

/**
 * One process from its start to its end. Whatever is to reach it comes through here: nothing does after a crash – a
 * promise it waited for never goes on – and nothing while it is paused.
 */
export class Life {
  private alive = true;
  private paused = false;
  private readonly held: (() => void)[] = [];

  constructor(
    readonly name: string,
    private readonly agenda: Agenda,
  ) {}

  get isAlive(): boolean {
    return this.alive;
  }

  /** @returns what calls it off */
  after(ms: number, work: () => void): () => void {
    let wanted = true;
    const crossOut = this.agenda.after(ms, () => this.reach(() => wanted && work()));
    return () => {
      wanted = false;
      crossOut();
    };
  }

  reach(work: () => void): void {
    if (!this.alive) return;
    if (this.paused) this.held.push(work);
    else work();
  }

  end(): void {
    this.alive = false;
    this.held.length = 0;
  }

  pause(): void {
    this.paused = true;
  }

  /** Everything that came meanwhile arrives now, one after the other. */
  resume(): void {
    this.paused = false;
    for (const work of this.held.splice(0)) this.agenda.after(0, () => this.reach(work));
  }
}
