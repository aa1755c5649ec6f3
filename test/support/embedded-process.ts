import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** What a process around the embedded PostgreSQL says once: where the database is, or why there is none. */
export interface Report {
  readonly url: string;
  readonly port: number;
  readonly adopted: boolean;
  readonly failed?: string;
}

const started = new Set<ChildProcess>();

/** Starts the embedded PostgreSQL in a process of its own. */
export async function spawnEmbedded(dataDir: string): Promise<{ child: ChildProcess; report: Report }> {
  const script = join(process.cwd(), 'test/support/run-embedded-postgres.mjs');
  const child = spawn(process.execPath, [script, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  started.add(child);
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { child, report: JSON.parse(line) as Report };
}

/** Sends a signal and waits until the process has ended. */
export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

/** Ends every process that still runs: for the clean-up after a test, so that one failure does not hold up the whole run. */
export async function endAll(): Promise<void> {
  const living = [...started].filter((child) => child.exitCode === null && child.signalCode === null);
  started.clear();
  await Promise.all(living.map((child) => end(child, 'SIGTERM')));
}
