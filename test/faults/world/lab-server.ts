import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { HostSettings } from '../server/host.module.js';
import type { Instruction, Point } from '../server/failpoints.js';
import type { FromServer, Health, ToServer } from '../server/messages.js';

const MAIN = fileURLToPath(new URL('../server/main.js', import.meta.url));
/** A life of seconds: to optimise its code, or to collect the rubbish of loading it, costs more than it saves. */
const SHORT_LIFE = ['--no-opt', '--max-semi-space-size=32'];

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** One process under test. It has loaded its code when {@link loaded} resolves, and serves when {@link start} does. */
export class LabServer {
  readonly loaded: Promise<void>;
  readonly exited: Promise<Exit>;
  /** The failpoints that this process has told of; a kill shows in {@link exited}. */
  readonly hits: Point[] = [];
  /** Whether it has done anything yet: who dies before proves nothing. */
  useful = false;
  private readonly child: ChildProcess;
  private readonly waiting = new Map<FromServer['type'], ((message: FromServer) => void)[]>();
  private isAlive = true;

  /** @param logFile file descriptor for everything it prints @param env on top of our own */
  constructor(logFile: number, env: Record<string, string> = {}) {
    this.child = fork(MAIN, {
      execArgv: SHORT_LIFE,
      stdio: ['ignore', logFile, logFile, 'ipc'],
      env: { ...process.env, ...env },
    });
    this.exited = once(this.child, 'exit').then(([code, signal]) => {
      this.isAlive = false;
      return { code, signal };
    });
    this.child.on('error', () => undefined);
    this.child.on('message', (message: FromServer) => {
      if (message.type === 'hit') this.hits.push(message.point);
      if (message.type === 'useful') this.useful = true;
      for (const resolve of this.waiting.get(message.type)?.splice(0) ?? []) resolve(message);
    });
    this.loaded = this.next('loaded').then(() => undefined);
    // Whoever waits for it is told; a spare that nobody waits for may die in peace.
    this.loaded.catch(() => undefined);
  }

  get alive(): boolean {
    return this.isAlive;
  }

  /** @throws when the process ends before it serves */
  async start(settings: HostSettings): Promise<void> {
    await this.loaded;
    const ready = this.next('ready');
    this.say({ type: 'start', settings });
    await ready;
  }

  arm(instruction: Instruction): void {
    this.say({ type: 'arm', instruction });
  }

  disarm(): void {
    this.say({ type: 'disarm' });
  }

  async health(): Promise<Health> {
    const told = this.next('health');
    this.say({ type: 'health' });
    return ((await told) as Extract<FromServer, { type: 'health' }>).health;
  }

  signal(signal: NodeJS.Signals): void {
    if (this.isAlive) this.child.kill(signal);
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.exited;
  }

  /** Asks it to shut down. What becomes of it is in {@link exited}. */
  requestStop(): void {
    this.say({ type: 'stop' });
  }

  private say(message: ToServer): void {
    if (this.isAlive && this.child.connected) this.child.send(message, () => undefined);
  }

  private next(type: FromServer['type']): Promise<FromServer> {
    return new Promise((resolve, reject) => {
      this.waiting.set(type, [...(this.waiting.get(type) ?? []), resolve]);
      void this.exited.then(({ code, signal }) =>
        reject(new Error(`The server ended with ${code ?? signal}.`)),
      );
    });
  }
}

/** Spare processes that have already loaded everything. */
export class Nursery {
  private readonly spares: LabServer[] = [];
  private closed = false;

  constructor(
    private readonly logFile: number,
    private readonly size: number,
  ) {
    this.fill();
  }

  take(): LabServer {
    const spare = this.spares.find((one) => one.alive) ?? new LabServer(this.logFile);
    const rest = this.spares.filter((one) => one !== spare && one.alive);
    this.spares.splice(0, this.spares.length, ...rest);
    this.fill();
    return spare;
  }

  close(): void {
    this.closed = true;
    for (const spare of this.spares.splice(0)) spare.signal('SIGKILL');
  }

  private fill(): void {
    while (!this.closed && this.spares.length < this.size) this.spares.push(new LabServer(this.logFile));
  }
}
