import { toGroupcallResource, toLegResource } from '@groupcall/groupcall/resources';
import {
  GroupcallEntity,
  GroupcallLegEntity,
  GroupcallOutboxEntity,
  GroupcallTreeEntity,
  rootOfLeg,
} from '@groupcall/groupcall/typeorm';
import { formatTimestamp } from '@groupcall/shared';
import type { DataSource, EntityManager } from 'typeorm';
import type { ConsoleTree, PendingEffect } from './console.resources.js';
import { phaseOf } from './phase.js';

/** Orders of one tree that are shown: a tree has a few per leg, and an outage keeps them all. */
const MOST_PENDING = 500;

/** One whole tree for the console, as it was at one moment. */
export class ConsoleTrees {
  constructor(
    private readonly dataSource: DataSource,
    private readonly now: () => number,
  ) {}

  /**
   * @param id of any groupcall or leg of the tree
   * @returns null when nothing has this id
   */
  find(id: string): Promise<ConsoleTree | null> {
    // One snapshot: a leg must not be ahead of its groupcall.
    return this.dataSource.transaction('REPEATABLE READ', (manager) => this.read(manager, id));
  }

  /** @returns null when there is no such leg */
  async customerOfLeg(id: string): Promise<string | null> {
    const { manager } = this.dataSource;
    const rootId = await rootOfLeg(manager, id);
    if (rootId === null) return null;
    const leg = await manager.findOne(GroupcallLegEntity, {
      select: { id: true, customerId: true },
      where: { rootId, id },
    });
    return leg?.customerId ?? null;
  }

  private async read(manager: EntityManager, id: string): Promise<ConsoleTree | null> {
    const rootId = await rootOf(manager, id);
    const tree = rootId && (await manager.findOneBy(GroupcallTreeEntity, { rootId }));
    if (!rootId || !tree) return null;
    const inTree = { where: { rootId }, order: { ordinal: 'ASC' } } as const;
    const groupcalls = await manager.find(GroupcallEntity, inTree);
    const legs = await manager.find(GroupcallLegEntity, inTree);
    const effects = await manager.find(GroupcallOutboxEntity, {
      where: { rootId },
      order: { id: 'ASC' },
      take: MOST_PENDING,
    });
    return {
      now: formatTimestamp(this.now()),
      root_id: rootId,
      customer_id: tree.customerId,
      phase: phaseOf(groupcalls[0].status, tree.winnerLegId),
      version: tree.version,
      event_sequence: tree.eventSequence,
      winner_call_id: tree.winnerLegId,
      late_answers: tree.lateAnswers,
      tm_alarm: formatTimestamp(tree.nextAlarmAt),
      groupcalls: groupcalls.map((groupcall) => ({
        groupcall: toGroupcallResource(groupcall),
        slots: groupcall.slots,
        destination_index: groupcall.destinationIndex,
        origin: groupcall.origin,
      })),
      legs: legs.map(toLegResource),
      pending: effects.map(toPending),
    };
  }
}

async function rootOf(manager: EntityManager, id: string): Promise<string | null> {
  const groupcall = await manager.findOne(GroupcallEntity, {
    select: { id: true, rootId: true },
    where: { id },
  });
  if (groupcall) return groupcall.rootId;
  const rootId = await rootOfLeg(manager, id);
  const isLeg = rootId !== null && (await manager.existsBy(GroupcallLegEntity, { rootId, id }));
  return isLeg ? rootId : null;
}

function toPending(effect: GroupcallOutboxEntity): PendingEffect {
  const { payload } = effect;
  return {
    id: effect.id,
    kind: effect.kind,
    call_id: effect.legId,
    event_type: payload.kind === 'publish' ? payload.event.type : null,
    status: effect.status,
    attempts: effect.attempts,
    last_error: effect.lastError,
    tm_create: formatTimestamp(effect.createdAt),
    tm_next: formatTimestamp(Math.max(effect.nextAt, effect.claimUntil) || null),
  };
}
