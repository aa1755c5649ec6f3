import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Debian's package `faketime` puts it here; another place can be named. */
function find(): string | undefined {
  const named = process.env.FAKETIME_LIBRARY;
  if (named) return existsSync(named) ? named : undefined;
  for (const architecture of existsSync('/usr/lib') ? readdirSync('/usr/lib') : []) {
    const library = join('/usr/lib', architecture, 'faketime', 'libfaketimeMT.so.1');
    if (existsSync(library)) return library;
  }
  return undefined;
}

/** Missing: the faults with wrong clocks are left out, and the report says so. */
export const FAKETIME = find();

/** For a process whose clock is wrong by `seconds`; its monotonic clock is not. */
export function wrongClock(library: string, seconds: number): Record<string, string> {
  return {
    LD_PRELOAD: library,
    FAKETIME: `${seconds >= 0 ? '+' : ''}${seconds}s`,
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
}
