import type { Destination } from '../domain/destination.js';

/** One phone, and when it would ring. */
export interface PreviewedRing {
  /** ms from the start of the groupcall. */
  readonly at: number;
  /** ms from the start: when it would be hung up because nobody answers. */
  readonly until: number;
  /**
   * Where it comes from in the request: `destinations[1].destinations[0]`. What the directory adds is called
   * `contacts`: `destinations[2].contacts[0]`.
   */
  readonly path: string;
  /** Whom it would ring. */
  readonly destination: Destination;
}

/**
 * `refused`: the request would be refused, nothing would ring. `unresolvable`: the directory does not know it.
 * `not_dialable`: it would fail without a call. `duplicate`: the same phone would ring twice at the same time.
 * `long`: whoever calls may wait longer than people do. `silent`: no phone would ring.
 */
export type PreviewWarningKind =
  'refused' | 'unresolvable' | 'not_dialable' | 'duplicate' | 'long' | 'silent';

export interface PreviewWarning {
  /** What kind of trouble. */
  readonly kind: PreviewWarningKind;
  /** The place in the request; empty for the whole. */
  readonly path: string;
  /** What it means and what to do. */
  readonly message: string;
}

/** What would ring when, if nobody answered. */
export interface RingPreview {
  /** In the order in which they would begin to ring. */
  readonly rings: readonly PreviewedRing[];
  /** Calls in all. */
  readonly legs: number;
  /** Calls that would ring at the same time, at most. */
  readonly most_at_once: number;
  /** ms until the groupcall would end unanswered. */
  readonly longest: number;
  /** What would go otherwise than its author may think. */
  readonly warnings: readonly PreviewWarning[];
}
