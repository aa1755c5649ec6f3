import type { TreeCommand } from '../domain/tree-command.js';
import type { LoadGate } from './load-gate.js';

/** A command on its way, and its sender, who hears what comes of it; only the first word counts. */
export class Envelope {
  private isOpen = true;

  /** @param entered what the gate has said when the command was let in */
  constructor(
    readonly command: TreeCommand,
    private readonly gate: LoadGate,
    private readonly entered: number,
    private readonly tell: (result: unknown) => void,
    private readonly fail: (error: unknown) => void,
  ) {}

  resolve(result: unknown): void {
    if (this.leave()) this.tell(result);
  }

  reject(error: unknown): void {
    if (this.leave()) this.fail(error);
  }

  private leave(): boolean {
    if (!this.isOpen) return false;
    this.isOpen = false;
    this.gate.left(this.entered);
    return true;
  }
}
