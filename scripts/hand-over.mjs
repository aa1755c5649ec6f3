import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { root } from './prepare.mjs';

/** How often the shell that npm put above us is looked at, ms. */
const INTERVAL = 250;

/**
 * Runs a Node program in our place: its input and output are ours, the first signal to us is passed on to it, and its exit code
 * is ours.
 */
export function handOver(args) {
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
  let passed = false;
  const pass = (signal) => {
    // Ctrl-C reaches every process of the terminal by itself, and npm passes on what it gets: the program must hear it once.
    const heard = passed || (signal === 'SIGINT' && process.stdin.isTTY);
    passed = true;
    if (!heard) child.kill(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => pass(signal));
  whenNpmIsGone(() => pass('SIGTERM'));
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
