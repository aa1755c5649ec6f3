import type { LegState } from '../domain/tree-state.js';

/** A leg and the tree it belongs to, as committed. */
export interface AuditedLeg {
  readonly rootId: string;
  readonly leg: LegState;
}

/** What the reconciler compares with the gateway (RELIABILITY D9). Reads only; never used to decide. */
export abstract class LegAudit {
  /** The legs among these calls that are ours; the others are missing from the result. */
  abstract find(callIds: readonly string[]): Promise<AuditedLeg[]>;

  /**
   * Legs that the gateway should have as living calls – placed at or before `placedBefore` (epoch ms) and not ended –
   * by id above `after` (a page). A leg counts as placed from its dial on. One that was given up while its dial was under
   * way was perhaps placed without our having heard of it: it counts from its creation on.
   */
  abstract placed(placedBefore: number, after: string, limit: number): Promise<AuditedLeg[]>;
}
