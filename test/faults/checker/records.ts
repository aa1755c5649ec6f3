import type { LedgerEntry } from '../judge/ledger.js';

/** Everything is plain data: what was committed, what the judge saw, what callers were told. Moments are epoch ms. */
export interface Records {
  /** Every committed version, by tree, in order. */
  readonly trees: ReadonlyMap<string, readonly TreeVersion[]>;
  readonly ledger: readonly LedgerEntry[];
  readonly claims: readonly Claim[];
  readonly outbox: readonly OutboxRow[];
  readonly liveLegs: readonly LiveLegs[];
  readonly callers: readonly CallerRecord[];
  /** Calls that live at the gateway now. */
  readonly living: readonly string[];
  readonly limits: { readonly liveLegs: number };
}

export interface TreeVersion {
  readonly rootId: string;
  readonly version: number;
  /** Just before the commit. */
  readonly at: number;
  readonly customerId: string;
  readonly winnerLegId: string | null;
  readonly eventSequence: number;
  readonly idempotencyKey: string | null;
  readonly groupcalls: readonly GroupcallRecord[];
  readonly legs: readonly LegRecord[];
}

export interface GroupcallRecord {
  readonly id: string;
  readonly customer_id: string;
  readonly status: 'progressing' | 'hangingup' | 'hangup';
  readonly slots: readonly { readonly kind: string; readonly id?: string }[];
  readonly master_groupcall_id: string;
  readonly ring_method: 'ring_all' | 'linear';
  readonly answer_method: string;
  readonly answer_call_id: string;
  readonly answer_groupcall_id: string;
  readonly call_count: number;
  readonly groupcall_count: number;
  readonly dial_index: number;
  readonly hangup_reason: string;
  readonly tm_delete: number | null;
}

export interface LegRecord {
  readonly id: string;
  readonly groupcall_id: string;
  readonly customer_id: string;
  readonly destination: string;
  readonly source: string;
  readonly destination_index: number;
  readonly status: LegStatus;
  readonly hangup_reason: string;
  readonly tm_create: number;
  readonly tm_answer: number | null;
  readonly dial_deadline: number;
}

export const LEG_ORDER = ['planned', 'dialing', 'ringing', 'progressing', 'hangingup', 'hangup'] as const;
export type LegStatus = (typeof LEG_ORDER)[number];

/** A dial was claimed by some process. */
export interface Claim {
  readonly legId: string;
  readonly at: number;
}

export interface OutboxRow {
  readonly rootId: string;
  readonly kind: string;
  readonly legId: string | null;
  readonly status: string;
  readonly attempts: number;
  readonly lastError: string | null;
}

/** What a customer's counter says now, and its extremes. */
export interface LiveLegs {
  readonly customerId: string;
  readonly now: number;
  readonly least: number;
  readonly most: number;
}

/** One caller's wish to create a groupcall, with every reply to every try. */
export interface CallerRecord {
  readonly key: string;
  readonly replies: readonly { readonly status: number; readonly id?: string; readonly message?: string }[];
  /** The same key was also used for something else, and this came back. */
  readonly misuse: readonly number[];
}

/** One broken rule. */
export interface Violation {
  readonly invariant: string;
  readonly text: string;
}

/** One rule: what it found, and how many things it has looked at. */
export interface Finding {
  readonly looked: number;
  readonly violations: readonly string[];
}

export const NIL = '00000000-0000-0000-0000-000000000000';
