import { spawn } from 'node:child_process';

/** Something that is wrong with what is tested, told as it is. */
export class Failure extends Error {}

/**
 * Runs a program to its end.
 * @param {{ cwd: string, env?: object, limit?: number, shell?: boolean }} options limit in ms
 * @returns its output
 * @throws Failure when it fails, or does not end by itself
 */
export function command(program, args, { cwd, env = {}, limit = 120_000, shell = false }) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      shell,
      // A shell's children are to end with it.
      detached: true,
    });
    let output = '';
    let told = '';
    child.stdout.on('data', (part) => {
      output += part;
      told += part;
    });
    child.stderr.on('data', (part) => (told += part));
    const what = [program, ...args].join(' ');
    const timer = setTimeout(() => {
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended meanwhile.
      }
      reject(new Failure(`${what} has not ended after ${limit} ms:\n${told}`));
    }, limit);
    child.once('error', (error) => reject(new Failure(`${what}: ${error.message}`)));
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      if (code === 0) resolve(output);
      else reject(new Failure(`${what} ended with ${code ?? signal}:\n${told}`));
    });
  });
}
