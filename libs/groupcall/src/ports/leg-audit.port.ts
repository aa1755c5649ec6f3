import type { LegState } from '../domain/tree-state.js';

/** How far a leg has come, as committed, and the tree it belongs to: all that a call is compared with. */
export interface AuditedLeg extends Pick<LegState, 'id' | 'status' | 'hangupReason'> {
  readonly rootId: string;
}

/** A leg's place in the order of {@link LegAudit.placed}. */
export type LegPlace = Pick<AuditedLeg, 'rootId' | 'id'>;

/** What the reconciler compares with the gateway (RELIABILITY D9). Reads only; never used to decide. */
export abstract class LegAudit {
  /** The legs among these calls that are ours; the others are missing from the result. */
  abstract find(callIds: readonly string[]): Promise<AuditedLeg[]>;

  /**
   * Legs that the gateway should have as living calls – placed at or before `placedBefore` (epoch ms) and not ended –
   * in pages, tree by tree, so that all pages together read each living tree once. A leg counts as placed from its dial on.
   * One that was given up while its dial was under way was perhaps placed without our having heard of it: it counts from its
   * creation on.
   * @param after where the page before has ended; null: from the beginning
   * @returns at most `limit` legs by `rootId`, then `id`; none: there are no more
   */
  abstract placed(placedBefore: number, after: LegPlace | null, limit: number): Promise<AuditedLeg[]>;
}
