import type { Driver } from '../load/driver.js';
import type { Engine } from '../load/engine.js';

export const CONTENDERS = ['groupcall', 'bare', 'reference', 'transaction', 'floor'] as const;
export type ContenderName = (typeof CONTENDERS)[number];

export interface ContenderOptions {
  readonly databaseUrl: string;
  readonly queue: { backend: 'redis' | 'postgres'; url: string };
}

/** One way of doing the job, running in a process of its own. */
export interface Contender extends Engine {
  /** How many lives it does best with at the same time. */
  readonly bestOpen: number;
  /** Resolves when nothing is left to be written. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

export type StartContender = (options: ContenderOptions, driver: Driver) => Promise<Contender>;
