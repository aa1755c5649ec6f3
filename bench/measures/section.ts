import type { BenchPostgres } from '../lab/postgres.js';
import type { Ratio } from '../report/verdict.js';
import type { BenchSettings } from '../settings.js';

/** What every part of the bench works on. */
export interface Lab {
  readonly postgres: BenchPostgres;
  /** null: no Redis answers. */
  readonly redisUrl: string | null;
  readonly settings: BenchSettings;
  /** A line for whoever waits. */
  readonly say: (line: string) => void;
}

/** What a part of the bench has found. */
export interface Findings {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly ratios: readonly Ratio[];
  /** For latest.json. */
  readonly data: unknown;
}
