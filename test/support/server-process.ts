import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';

/** The built server as an operator runs it: a process of its own that can be killed. */
export class ServerProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
    private readonly output: string[],
  ) {}

  /** Resolves when the server says that it is ready. @param env what an operator would set */
  static async start(env: Record<string, string>, port?: number): Promise<ServerProcess> {
    const listenOn = port ?? (await freePort());
    const main = join(process.cwd(), 'apps/api/dist/main.js');
    const child = spawn(process.execPath, [main], {
      env: { ...operatorEnvironment(), ...env, PORT: String(listenOn), HOST: '127.0.0.1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output: string[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk.toString()));
    const server = new ServerProcess(child, `http://127.0.0.1:${listenOn}`, output);
    await eventually(
      async () => {
        if (child.exitCode !== null) return;
        const response = await fetch(`${server.url}/health/ready`);
        if (!response.ok) throw new Error(`not ready: ${response.status}`);
      },
      { timeout: 60_000, interval: 50 },
    ).catch((error: unknown) => {
      child.kill('SIGKILL');
      throw new Error(`The server did not get ready: ${String(error)}\n${server.log}`);
    });
    if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode}:\n${server.log}`);
    return server;
  }

  get log(): string {
    return this.output.join('');
  }

  /** As a crash would: nothing is said, nothing is cleaned up. */
  kill(): Promise<void> {
    return this.end('SIGKILL').then(() => undefined);
  }

  /** As an operator would. @returns the exit code */
  stop(): Promise<number | null> {
    return this.end('SIGTERM');
  }

  private end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null)
      return Promise.resolve(this.child.exitCode);
    const ended = new Promise<number | null>((resolve) => this.child.once('exit', (code) => resolve(code)));
    this.child.kill(signal);
    return ended;
  }
}

/** Our own environment without what the test run itself is told by. */
function operatorEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, TZ } = process.env;
  return { PATH, HOME, ...(TZ ? { TZ } : {}), NODE_ENV: 'development' };
}
