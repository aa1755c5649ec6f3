import { LegAudit, type AuditedLeg } from '../../ports/leg-audit.port.js';
import type { InMemoryDatabase } from './in-memory-database.js';

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
      return rootId !== undefined && leg ? [{ rootId, leg }] : [];
    });
  }

  /** Legs that the gateway should have, page by page. */
  override async placed(placedBefore: number, after: string, limit: number): Promise<AuditedLeg[]> {
    const found: AuditedLeg[] = [];
    for (const [rootId, tree] of this.database.trees) {
      for (const leg of tree.legs.values()) {
        const since = leg.status === 'hangingup' ? (leg.tmDial ?? leg.tmCreate) : leg.tmDial;
        if (leg.status === 'hangup' || since === null || since > placedBefore || leg.id <= after) continue;
        found.push({ rootId, leg });
      }
    }
    return found.sort((a, b) => (a.leg.id < b.leg.id ? -1 : 1)).slice(0, limit);
  }
}
