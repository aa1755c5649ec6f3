import type { LegState } from '../../domain/tree-state.js';
import { LegAudit, type AuditedLeg, type LegPlace } from '../../ports/leg-audit.port.js';
import type { InMemoryDatabase } from './in-memory-database.js';

const audited = (rootId: string, { id, status, hangupReason }: LegState): AuditedLeg => ({
  rootId,
  id,
  status,
  hangupReason,
});

const isBehind = (leg: LegPlace, place: LegPlace): boolean =>
  leg.rootId > place.rootId || (leg.rootId === place.rootId && leg.id > place.id);

/** The reconciler's reads without a server. */
export class InMemoryLegAudit extends LegAudit {
  constructor(private readonly database: InMemoryDatabase) {
    super();
  }

  /** Those of the calls that are ours. */
  override async find(callIds: readonly string[]): Promise<AuditedLeg[]> {
    return callIds.flatMap((id) => {
      const rootId = this.database.rootOfLeg.get(id);
      const leg = rootId === undefined ? undefined : this.database.trees.get(rootId)?.legs.get(id);
      return rootId !== undefined && leg ? [audited(rootId, leg)] : [];
    });
  }

  /** Legs that the gateway should have, page by page. */
  override async placed(placedBefore: number, after: LegPlace | null, limit: number): Promise<AuditedLeg[]> {
    const found: AuditedLeg[] = [];
    for (const [rootId, tree] of this.database.trees) {
      for (const leg of tree.legs.values()) {
        const since = leg.status === 'hangingup' ? (leg.tmDial ?? leg.tmCreate) : leg.tmDial;
        if (leg.status === 'hangup' || since === null || since > placedBefore) continue;
        const one = audited(rootId, leg);
        if (after === null || isBehind(one, after)) found.push(one);
      }
    }
    return found.sort((a, b) => (isBehind(a, b) ? 1 : -1)).slice(0, limit);
  }
}
