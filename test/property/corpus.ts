import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AnswerMethod } from '../../libs/groupcall/src/domain/status.js';
import type { Script } from './chooser.js';

/** A run that has found a fault once, or one that was put in on purpose: it is played first, for ever. */
export interface CorpusEntry {
  /** The rule that was broken, and by what. */
  readonly found: string;
  readonly answerMethod: AnswerMethod;
  readonly script: Script;
}

const FILE = join(__dirname, 'corpus.json');

export function readCorpus(): CorpusEntry[] {
  return JSON.parse(readFileSync(FILE, 'utf8')) as CorpusEntry[];
}

/** Adds what has just been found; it is to be committed together with its repair. */
export function remember(entry: CorpusEntry): void {
  const lines = [...readCorpus(), entry].map((one) => `  ${JSON.stringify(one)}`);
  writeFileSync(FILE, `[\n${lines.join(',\n')}\n]\n`);
}
