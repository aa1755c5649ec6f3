import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Reply } from '../process/protocol.js';

const MAIN = join(import.meta.dirname, '..', 'process', 'main.js');
/** As our own servers are started; for every contender the same. */
const YOUNG_GENERATION = '--max-semi-space-size=64';
/** Windows has no such signals: there the others go on doing what little they do when nobody asks. */
const CAN_PAUSE = process.platform !== 'win32';

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A process that is asked, one question after the other. It is held still while nobody asks, so that it costs nothing. */
export class Child {
  private static readonly running = new Set<Child>();
  private readonly waiting = new Map<number, Waiting>();
  private asked = 0;

  private constructor(
    readonly name: string,
    private readonly child: ChildProcess,
  ) {
    child.on('message', ({ id, ...reply }: Reply) => {
      const one = this.waiting.get(id);
      this.waiting.delete(id);
      if ('error' in reply) one?.reject(new Error(`${name}: ${reply.error}`));
      else one?.resolve((reply as { result: unknown }).result);
    });
    Child.running.add(this);
    child.on('exit', (code, signal) => {
      Child.running.delete(this);
      for (const { reject } of this.waiting.values())
        reject(new Error(`${name} has ended (${signal ?? code}) before it had answered.`));
      this.waiting.clear();
    });
  }

  static start(name: string, execArgv: string[] = []): Child {
    const child = fork(MAIN, [], {
      execArgv: ['--enable-source-maps', YOUNG_GENERATION, ...execArgv],
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    return new Child(name, child);
  }

  /** For whoever is interrupted: those that are held still would stay for good. Whoever waits for one of them is told. */
  static endAll(): void {
    for (const { child } of Child.running) child.kill('SIGKILL');
  }

  get pid(): number {
    return this.child.pid!;
  }

  async ask<T>(method: string, params: unknown = null): Promise<T> {
    if (!this.child.connected) throw new Error(`${this.name} has ended.`);
    this.asked += 1;
    const id = this.asked;
    const answer = new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
    this.child.send({ id, method, params }, (error) => {
      if (error) this.waiting.get(id)?.reject(error);
    });
    // Whoever asks may be busy with a clean-up when the answer comes.
    answer.catch(() => undefined);
    return (await answer) as T;
  }

  pause(): void {
    if (CAN_PAUSE && this.child.exitCode === null) this.child.kill('SIGSTOP');
  }

  resume(): void {
    if (CAN_PAUSE) this.child.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.resume();
    const ended = once(this.child, 'exit');
    const forced = setTimeout(() => this.child.kill('SIGKILL'), 15_000);
    await this.ask('stop').catch((error: unknown) => process.stderr.write(`${String(error)}\n`));
    if (this.child.connected) this.child.disconnect();
    await ended;
    clearTimeout(forced);
  }
}
