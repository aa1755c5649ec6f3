/** What happened in a run, as plain numbers: one list for the setting, then one for each step. */
export type Script = readonly (readonly number[])[];

/** Makes every choice of a run. Steps are told apart, so that one can be left out without shifting all others. */
export interface Chooser {
  /** Begins the next step; false when there is none. */
  next(): boolean;
  /** A whole number from 0 to `n - 1`. */
  pick(n: number): number;
}

/** Plays a script; choices that it does not make are 0. */
export class ScriptedChooser implements Chooser {
  private step = -1;
  private position = 0;

  constructor(private readonly script: Script) {}

  next(): boolean {
    this.step += 1;
    this.position = 0;
    return this.step < this.script.length;
  }

  pick(n: number): number {
    const choice = this.script[this.step]?.[this.position] ?? 0;
    this.position += 1;
    return choice % n;
  }
}

/** Chooses by a seeded pseudo-random sequence (mulberry32) and writes the script of it. */
export class SeededChooser implements Chooser {
  readonly script: number[][] = [];
  private state: number;
  private left: number;

  constructor(seed: number, mostSteps: number) {
    this.state = seed >>> 0;
    // The setting, and at least one step.
    this.left = 2 + (this.random() % mostSteps);
  }

  next(): boolean {
    if (this.left === 0) return false;
    this.left -= 1;
    this.script.push([]);
    return true;
  }

  pick(n: number): number {
    const choice = this.random() % n;
    this.script[this.script.length - 1].push(choice);
    return choice;
  }

  private random(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = this.state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }
}
