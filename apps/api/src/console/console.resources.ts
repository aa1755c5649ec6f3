// What the console's server and its page say to each other. Types only: the page is compiled against this very file.
import type { Address } from '@groupcall/address';
import type {
  EffectKind,
  GroupcallHangupReason,
  GroupcallResource,
  GroupcallStatus,
  LegResource,
  PublicEventType,
  RingMethod,
  Slot,
} from '@groupcall/groupcall/resources';

/** What a person calls the state of a root: `progressing` is ringing before the answer and talking after it. */
export const PHASES = ['ringing', 'talking', 'hangingup', 'ended'] as const;
export type Phase = (typeof PHASES)[number];

/** One root in the list. */
export interface ConsoleRow {
  id: string;
  customer_id: string;
  status: GroupcallStatus;
  phase: Phase;
  hangup_reason: GroupcallHangupReason;
  ring_method: RingMethod;
  source: Address;
  /** The first few. */
  destinations: Address[];
  destination_count: number;
  leg_count: number;
  live_leg_count: number;
  /** Orders to the world that have not been carried out. */
  pending_count: number;
  winner: { call_id: string; destination: Address; tm_answer: string; tm_hangup: string } | null;
  tm_create: string;
  /** The end of the last leg, or of the groupcall when it had none; not yet = 9999-01-01 … */
  tm_end: string;
}

/** How things are at this moment, for all customers. */
export interface ConsoleTotals {
  live: number;
  talking: number;
  pending: number;
  /** Events given up after all tries. */
  dead: number;
}

/** Newest first. */
export interface ConsolePage {
  now: string;
  totals: ConsoleTotals;
  result: ConsoleRow[];
  /** `before` of the next page; empty when there is no more. */
  next: string;
}

/** What the list can be narrowed to; missing or empty = anything. */
export interface ConsoleFilter {
  phase?: Phase | 'live' | '';
  customer_id?: string;
  ring_method?: RingMethod | '';
  hangup_reason?: Exclude<GroupcallHangupReason, ''> | '';
}

/** One groupcall of a tree. */
export interface ConsoleGroupcall {
  groupcall: GroupcallResource;
  /** What became of each destination. */
  slots: Slot[];
  /** Index in the parent's destinations. */
  destination_index: number;
  /** `agent <id>` or `extension <name>` when it was made by looking that up, else empty. */
  origin: string;
}

/** An order to the world that was committed and has not been carried out. */
export interface PendingEffect {
  id: string;
  kind: EffectKind;
  call_id: string | null;
  event_type: PublicEventType | null;
  status: 'pending' | 'dead';
  attempts: number;
  last_error: string | null;
  tm_create: string;
  /** The next try; not before this moment. */
  tm_next: string;
}

/** Everything about one tree, as of one moment. */
export interface ConsoleTree {
  now: string;
  root_id: string;
  customer_id: string;
  phase: Phase;
  version: number;
  event_sequence: number;
  /** The leg whose answer was accepted. */
  winner_call_id: string | null;
  late_answers: number;
  /** The next moment at which the tree acts by itself. */
  tm_alarm: string;
  /** The root first, every groupcall after its parent. */
  groupcalls: ConsoleGroupcall[];
  legs: LegResource[];
  pending: PendingEffect[];
}

/** Server-sent event `changes`: what has changed since the last one. */
export interface ConsoleChanges {
  now: string;
  totals: ConsoleTotals;
  /** Changed roots that match the filter, as they are now. */
  rows: ConsoleRow[];
  /** Every changed root: one without a row matches no more. */
  root_ids: string[];
  /** More has changed than is told: load everything anew. */
  overflow: boolean;
}

export interface ConsoleSample {
  name: string;
  title: string;
  description: string;
}

/** What this server can do. */
export interface ConsoleAbout {
  now: string;
  /** Phones can be played by hand, and there are samples. */
  simulated: boolean;
  /** Samples ring for this customer. */
  sample_customer_id: string;
  samples: ConsoleSample[];
}
