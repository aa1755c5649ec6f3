import type { ContenderName, ContenderOptions } from '../contenders/contender.js';
import type { Pace } from '../load/pace.js';
import type { Shape } from '../load/shape.js';

export interface StartRequest {
  readonly name: ContenderName;
  readonly options: ContenderOptions;
}

export interface ThroughputRequest {
  readonly shape: Shape;
  /** Missing: as many lives at once as the contender does best with. */
  readonly pace?: Pace;
  readonly ms: number;
}

/** What a process has measured about itself. */
export interface ProcessSample {
  readonly lives: number;
  readonly commands: number;
  /** From the first create to the last end. */
  readonly ms: number;
  /** User and system time of this process, ms. */
  readonly cpu: number;
  /** Statements sent to PostgreSQL. */
  readonly queries: number;
  /** From the answer to the hangup handed to the gateway, ms, one for each hangup. */
  readonly latencies: readonly number[];
  /** p99, ms. */
  readonly eventLoopDelay: number;
  readonly rss: number;
  readonly wrongWinners: number;
}

export interface AlarmRequest {
  readonly trees: number;
  readonly legs: number;
  /** Ring times are spread evenly between these, ms. */
  readonly from: number;
  readonly to: number;
}

export interface AlarmSample {
  /** ms after the deadline; Infinity for what never came. */
  readonly lateness: readonly number[];
  readonly legs: number;
  readonly queueOperations: number;
  readonly cpu: number;
}

export interface HttpHostAddress {
  readonly url: string;
  readonly authorization: string;
}

export interface Question {
  readonly id: number;
  readonly method: string;
  readonly params: unknown;
}

export type Reply = { readonly id: number } & ({ readonly result: unknown } | { readonly error: string });
