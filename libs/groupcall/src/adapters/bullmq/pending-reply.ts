import { CommandOutcomeUnknownError } from '../../domain/groupcall-error.js';
import type { CommandReply } from '../../ports/command-transport.port.js';
import { isReply } from '../../remote/command-reply.js';

/** One command that waits for its reply. Only the first thing it is told counts. */
export class PendingReply {
  readonly reply: Promise<CommandReply>;
  reject!: (error: unknown) => void;
  private resolve!: (reply: CommandReply) => void;
  private settled = false;
  private wake: () => void = () => undefined;

  constructor(private readonly id: string) {
    this.reply = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    const note = () => {
      this.settled = true;
      this.wake();
    };
    this.reply.then(note, note);
  }

  /** The engine has said something. */
  arrive(returned: unknown): void {
    if (isReply(returned)) this.resolve(returned);
    else this.fail('the engine said something that is no reply');
  }

  /** The engine has given up. */
  fail(reason: string): void {
    this.reject(
      new CommandOutcomeUnknownError(this.id, `The engine did not finish the command (${reason}).`),
    );
  }

  /** True as soon as the reply, or an error, is there; false after `ms`. */
  settledWithin(ms: number): Promise<boolean> {
    if (this.settled) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(this.settled), ms);
      timer.unref();
      this.wake = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }
}
