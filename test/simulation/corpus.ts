import { readFileSync, writeFileSync } from 'node:fs';
import type { Mode } from './weather.js';

/** A world in which something was wrong once: it is played first, for ever. */
export interface CorpusEntry {
  readonly seed: number;
  readonly mode: Mode;
  /** What was wrong. */
  readonly found: string;
}

export function readCorpus(file: string): CorpusEntry[] {
  return JSON.parse(readFileSync(file, 'utf8')) as CorpusEntry[];
}

/** Adds what has just been found; it is to be committed together with its repair. */
export function remember(file: string, entries: readonly CorpusEntry[]): void {
  const known = readCorpus(file);
  const fresh = entries.filter(
    ({ seed, mode }) => !known.some((one) => one.seed === seed && one.mode === mode),
  );
  if (fresh.length === 0) return;
  writeFileSync(file, `${JSON.stringify([...known, ...fresh], null, 2)}\n`);
}
