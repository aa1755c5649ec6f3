import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { eventually } from '../../support/eventually.js';

/** The built server, as a person starts it. */
export class Start {
  stdout = '';
  stderr = '';
  private readonly child: ChildProcess;

  constructor(env: Record<string, string>) {
    const { PATH, HOME } = process.env;
    const main = join(process.cwd(), 'apps/api/dist/main.js');
    this.child = spawn(process.execPath, [main], {
      env: { PATH, HOME, PORT: '0', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout!.on('data', (chunk) => (this.stdout += String(chunk)));
    this.child.stderr!.on('data', (chunk) => (this.stderr += String(chunk)));
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  async exitCode(): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit');
    return this.child.exitCode;
  }

  /** Waits for the banner. @returns the base URL */
  async url(): Promise<string> {
    return eventually(
      () => {
        const [, url] = /groupcall is ready\W+(?:url\W+)?(http[^\s"]+)/.exec(this.stdout) ?? [];
        if (!url) throw new Error(`not ready:\n${this.stderr}`);
        return url;
      },
      { timeout: 30_000 },
    );
  }
}
