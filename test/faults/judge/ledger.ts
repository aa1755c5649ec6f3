import { openSync, writeSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

/** What the judge has seen, one JSON object a line. */
export type LedgerEntry = {
  /** Monotonic ms since the judge started: the order of things. */
  readonly t: number;
  /** Epoch ms by the machine's clock, which is also the database's: to be compared with commits. */
  readonly at: number;
  /** Servers of one database share an account; they see each other's calls and nobody else's. */
  readonly account: string;
} & LedgerFact;

export type LedgerFact =
  | {
      readonly kind: 'create';
      readonly id: string;
      /** `placed` happens at most once per id. `conflict`: the same id with another content. */
      readonly outcome: 'placed' | 'known' | 'refused' | 'conflict';
      readonly order: CallOrder;
    }
  | {
      readonly kind: 'hangup';
      readonly id: string;
      readonly found: CallState;
      readonly reason: string;
    }
  | {
      /** The call itself has changed. `by`: whose doing an end is. */
      readonly kind: 'call';
      readonly id: string;
      readonly state: CallState;
      readonly reason?: string;
      readonly by?: 'far_end' | 'hangup' | 'dead_man';
    }
  | {
      readonly kind: 'notified';
      readonly id: string;
      readonly what: string;
      readonly status: number;
    }
  | { readonly kind: 'event'; readonly event: DeliveredEvent };

export type CallState = 'ringing' | 'answered' | 'ended' | 'unknown';

/** What the servers order; everything in it must be the same whenever the same id is ordered again. */
export interface CallOrder {
  readonly customerId: string;
  readonly groupcallId: string;
  readonly rootId: string;
  readonly from: { readonly type: string; readonly target: string };
  readonly to: { readonly type: string; readonly target: string };
  readonly ringTimeout: number;
  readonly maxDuration: number;
}

/** What the checker needs of a public event. */
export interface DeliveredEvent {
  readonly id: string;
  readonly sequence: number;
  readonly type: string;
  readonly groupcallId: string;
  readonly customerId: string;
}

/** Append-only file; a line is written before the judge acts on it or replies. */
export class Ledger {
  private readonly file: number;

  constructor(path: string) {
    this.file = openSync(path, 'a');
  }

  note(account: string, fact: LedgerFact): void {
    const entry = { t: performance.now(), at: Date.now(), account, ...fact };
    writeSync(this.file, `${JSON.stringify(entry)}\n`);
  }
}
