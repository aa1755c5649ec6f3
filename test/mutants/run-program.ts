import { spawn } from 'node:child_process';

export interface Outcome {
  readonly code: number | null;
  readonly text: string;
  readonly errors: string;
}

/**
 * Runs a program of ours.
 * @param longest ms after which it is ended
 * @returns what it wrote and how it ended, null when it had to be ended
 */
export function runProgram(
  args: readonly string[],
  root: string,
  env: Readonly<Record<string, string>>,
  longest: number,
): Promise<Outcome | null> {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [text, errors, late] = ['', '', false];
  child.stdout.on('data', (chunk: Buffer) => (text += String(chunk)));
  child.stderr.on('data', (chunk: Buffer) => (errors += String(chunk)));
  const timer = setTimeout(() => {
    late = true;
    child.kill('SIGKILL');
  }, longest);
  return new Promise((resolve) => {
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve(late ? null : { code, text, errors });
    });
  });
}

export function firstLine(text: string): string {
  return text.trim().split('\n')[0];
}

/**
 * Runs specs with a defect in the sources.
 * @returns the first that fails, null when none does
 */
export async function runSpecs(
  defect: { readonly file: string } | null,
  root: string,
  longest: number,
  suite?: string,
): Promise<string | null> {
  const config = ['--config', 'test/mutants/jest.config.mjs', '--runInBand', '--bail', '--silent'];
  // Who does not load the file cannot notice anything.
  if (defect && !suite) config.push('--passWithNoTests', '--findRelatedTests', defect.file);
  const env = { DEFECT: JSON.stringify(defect), ...(suite ? { SUITE: suite } : {}) };
  const specs = await runProgram(['node_modules/jest/bin/jest.js', ...config], root, env, longest);
  if (specs === null) return 'they do not come to an end';
  if (specs.code === 0) return null;
  return /● (.+)/.exec(specs.errors)?.[1] ?? firstLine(specs.errors);
}

/** Several at a time: two cores. */
export async function sideBySide<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const lane = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all([lane(), lane()]);
}
