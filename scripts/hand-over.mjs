import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { root } from './prepare.mjs';

/** How often the shell that npm put above us is looked at, ms. */
const INTERVAL = 250;

/** Signals within this time are one wish that came by two ways, ms. */
const ONE_WISH = 1_000;

/**
 * Runs a Node program in our place: its input and output are ours, signals to us are passed on to it, each wish once, and its
 * exit code is ours.
 */
export function handOver(args) {
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
  let last = -Infinity;
  const pass = (signal) => {
    const repeated = performance.now() - last < ONE_WISH;
    last = performance.now();
    // Ctrl-C reaches every process of the terminal by itself, and npm passes on what it gets.
    const heard = signal === 'SIGINT' && process.stdin.isTTY;
    if (!repeated && !heard) child.kill(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => pass(signal));
  whenNpmIsGone(() => last === -Infinity && pass('SIGTERM'));
  child.once('error', (error) => {
    process.stderr.write(`groupcall: Node could not be started again: ${error.message}.\n`);
    process.exit(1);
  });
  child.once('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}

/** npm passes a signal to the shell between us, which ends without a word to us: then somebody else is our parent. */
function whenNpmIsGone(act) {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    act();
  }, INTERVAL);
  timer.unref();
}
