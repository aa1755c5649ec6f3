import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';
import { isAnswering } from './is-answering.js';

/** A Redis of one test's own, to break and to misconfigure. It keeps nothing on disk. */
export class RedisServer {
  private child: ChildProcess | undefined;

  private constructor(private readonly port: number) {}

  /** Finds a port; the server is down until {@link start}. */
  static async reserve(): Promise<RedisServer> {
    return new RedisServer(await freePort());
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** @param settings as in redis.conf: `{ 'maxmemory-policy': 'allkeys-lru' }` */
  async start(settings: Record<string, string> = {}): Promise<this> {
    const all = { port: String(this.port), bind: '127.0.0.1', save: '', appendonly: 'no', ...settings };
    const flags = Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]);
    this.child = spawn('redis-server', flags, { stdio: 'ignore' });
    await eventually(async () => {
      if (!(await isAnswering(this.url, 'PING\r\n'))) throw new Error(`No Redis at ${this.url}`);
    });
    return this;
  }

  /** SIGSTOP and SIGCONT make it hang and go on; any other signal ends it. */
  async signal(signal: NodeJS.Signals): Promise<void> {
    this.child?.kill(signal);
    if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await this.ended();
  }

  /** Ends it, also when it hangs or has ended. */
  async stop(): Promise<void> {
    this.child?.kill('SIGKILL');
    await this.ended();
  }

  private async ended(): Promise<void> {
    const child = this.child;
    this.child = undefined;
    if (child && child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
}
