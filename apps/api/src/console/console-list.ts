import { formatTimestamp, NIL_UUID } from '@groupcall/shared';
import {
  GroupcallEntity,
  GroupcallLegEntity,
  GroupcallOutboxEntity,
  GroupcallTreeEntity,
} from '@groupcall/groupcall/typeorm';
import { In, type DataSource, type SelectQueryBuilder } from 'typeorm';
import type { ConsoleFilter, ConsoleRow, ConsoleTotals } from './console.resources.js';
import { phaseOf } from './phase.js';

/** Destinations that a row shows. */
const SHOWN = 3;

type Row = { tree: GroupcallTreeEntity; root: GroupcallEntity };

/** Roots of all customers for the console, straight from the tables: looking never wakes a tree. */
export class ConsoleList {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Newest first: a root's id begins with the time of its creation, so the primary key is the order.
   * @param before the id of the last row of the page before, or null
   */
  async page(filter: ConsoleFilter, before: string | null, limit: number): Promise<ConsoleRow[]> {
    const query = this.roots(filter).orderBy('tree.rootId', 'DESC').limit(limit);
    if (before !== null) query.andWhere('tree.rootId < :before', { before });
    return this.complete(await rowsOf(query));
  }

  /** Those of the given roots that match. */
  async some(filter: ConsoleFilter, rootIds: readonly string[]): Promise<ConsoleRow[]> {
    if (rootIds.length === 0) return [];
    const query = this.roots(filter).andWhere('tree.rootId IN (:...rootIds)', { rootIds });
    return this.complete(await rowsOf(query));
  }

  async totals(): Promise<ConsoleTotals> {
    const trees = this.dataSource.getRepository(GroupcallTreeEntity).createQueryBuilder('tree');
    const outbox = this.dataSource.getRepository(GroupcallOutboxEntity).createQueryBuilder('effect');
    const [live, orders] = await Promise.all([
      trees
        .select('COUNT(*)', 'live')
        .addSelect('COUNT(tree.winnerLegId)', 'talking')
        .where('tree.live')
        .getRawOne<{ live: string; talking: string }>(),
      outbox
        .select('effect.status', 'status')
        .addSelect('COUNT(*)', 'count')
        .groupBy('effect.status')
        .getRawMany<{ status: string; count: string }>(),
    ]);
    const count = (status: string) => Number(orders.find((one) => one.status === status)?.count ?? 0);
    return {
      live: Number(live?.live ?? 0),
      talking: Number(live?.talking ?? 0),
      pending: count('pending'),
      dead: count('dead'),
    };
  }

  private roots({ phase, customer_id, ring_method, hangup_reason }: ConsoleFilter) {
    const query = this.dataSource
      .getRepository(GroupcallTreeEntity)
      .createQueryBuilder('tree')
      .innerJoinAndMapOne('tree.root', GroupcallEntity, 'root', 'root.id = tree.rootId')
      .where('NOT tree.deleted');
    if (customer_id) query.andWhere('tree.customerId = :customer_id', { customer_id });
    if (ring_method) query.andWhere('root.ringMethod = :ring_method', { ring_method });
    if (hangup_reason) query.andWhere('root.hangupReason = :hangup_reason', { hangup_reason });
    if (phase === 'ended') query.andWhere('NOT tree.live');
    else if (phase) query.andWhere('tree.live');
    if (phase === 'ringing') query.andWhere(`root.status = 'progressing' AND tree.winnerLegId IS NULL`);
    if (phase === 'talking') query.andWhere(`root.status = 'progressing' AND tree.winnerLegId IS NOT NULL`);
    if (phase === 'hangingup') query.andWhere(`root.status = 'hangingup'`);
    return query;
  }

  private async complete(rows: readonly Row[]): Promise<ConsoleRow[]> {
    if (rows.length === 0) return [];
    const rootIds = rows.map(({ tree }) => tree.rootId);
    const winnerIds = rows.flatMap(({ tree }) => tree.winnerLegId ?? []);
    const legs = this.dataSource.getRepository(GroupcallLegEntity);
    const [counts, orders, winners] = await Promise.all([
      legs
        .createQueryBuilder('leg')
        .select('leg.rootId', 'root')
        .addSelect('COUNT(*)', 'legs')
        .addSelect(`SUM(CASE WHEN leg.status = 'hangup' THEN 0 ELSE 1 END)`, 'live')
        .addSelect('MAX(leg.tmHangup)', 'ended')
        .where('leg.rootId IN (:...rootIds)', { rootIds })
        .groupBy('leg.rootId')
        .getRawMany<{ root: string; legs: string; live: string; ended: string | null }>(),
      this.dataSource
        .getRepository(GroupcallOutboxEntity)
        .createQueryBuilder('effect')
        .select('effect.rootId', 'root')
        .addSelect('COUNT(*)', 'pending')
        .where(`effect.status = 'pending' AND effect.rootId IN (:...rootIds)`, { rootIds })
        .groupBy('effect.rootId')
        .getRawMany<{ root: string; pending: string }>(),
      winnerIds.length === 0 ? [] : legs.findBy({ rootId: In(rootIds), id: In(winnerIds) }),
    ]);
    const countOf = new Map(counts.map((one) => [one.root, one]));
    const pendingOf = new Map(orders.map((one) => [one.root, Number(one.pending)]));
    const winnerOf = new Map(winners.map((leg) => [leg.id, leg]));
    return rows.map(({ tree, root }) => {
      const count = countOf.get(tree.rootId);
      const winner = winnerOf.get(tree.winnerLegId ?? NIL_UUID);
      const lastEnd = count?.ended ? Number(count.ended) : root.tmUpdate;
      return {
        id: tree.rootId,
        customer_id: tree.customerId,
        status: root.status,
        phase: phaseOf(root.status, tree.winnerLegId),
        hangup_reason: root.hangupReason,
        ring_method: root.ringMethod,
        source: root.source,
        destinations: root.destinations
          .slice(0, SHOWN)
          .map(({ type, target, target_name, name, detail }) => ({
            type,
            target,
            target_name,
            name,
            detail,
          })),
        destination_count: root.destinations.length,
        leg_count: Number(count?.legs ?? 0),
        live_leg_count: Number(count?.live ?? 0),
        pending_count: pendingOf.get(tree.rootId) ?? 0,
        winner: winner
          ? {
              call_id: winner.id,
              destination: winner.destination,
              tm_answer: formatTimestamp(winner.tmAnswer),
              tm_hangup: formatTimestamp(winner.tmHangup),
            }
          : null,
        tm_create: formatTimestamp(root.tmCreate),
        tm_end: formatTimestamp(root.status === 'hangup' ? lastEnd : null),
      };
    });
  }
}

async function rowsOf(query: SelectQueryBuilder<GroupcallTreeEntity>): Promise<Row[]> {
  const trees = (await query.getMany()) as (GroupcallTreeEntity & { root: GroupcallEntity })[];
  return trees.map((tree) => ({ tree, root: tree.root }));
}
