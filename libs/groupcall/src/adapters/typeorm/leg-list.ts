import { In, type DataSource, type FindOptionsWhere } from 'typeorm';
import type { LegFilter, ListPosition, ListRequest, Page } from '../../ports/groupcall-reader.port.js';
import type { EntitySet } from './entities/entity-set.js';
import type { GroupcallLegEntity } from './entities/groupcall-leg.entity.js';
import type { GroupcallEntity } from './entities/groupcall.entity.js';
import { pageRows } from './page-rows.js';
import { rootOfLeg } from './root-of-leg.js';

/** Groupcalls that are looked through at a time. */
const MOST = 100;

type Ringing = Pick<GroupcallEntity, 'id' | 'rootId' | 'tmCreate'>;

/** Legs by their groupcalls, the newest groupcall first and in it the newest leg: so no index of all legs is needed. */
export class LegList {
  constructor(
    private readonly dataSource: DataSource,
    private readonly entities: EntitySet,
  ) {}

  async page(request: ListRequest<LegFilter>): Promise<Page<GroupcallLegEntity>> {
    const { filter, pageSize, after } = request;
    const found: GroupcallLegEntity[] = [];
    const begin = new Map<string, number>();
    let from = after;
    const add = async (groupcalls: readonly Ringing[], below = Infinity) => {
      for (const { id, tmCreate } of groupcalls) begin.set(id, tmCreate);
      for (const leg of await this.legsOf(groupcalls, filter)) if (leg.ordinal < below) found.push(leg);
    };
    const last = after && (await this.find(after.id));
    if (after && last) {
      from = { tmCreate: after.tmCreate, id: last.groupcallId };
      await add([{ id: last.groupcallId, rootId: last.rootId, tmCreate: after.tmCreate }], last.ordinal);
    }
    for (let isMore = true; isMore && found.length <= pageSize;) {
      const groupcalls = await this.groupcalls(request, from);
      await add(groupcalls);
      isMore = groupcalls.length === MOST;
      from = groupcalls.at(-1) ?? from;
    }
    const items = found.slice(0, pageSize);
    const end = items.at(-1);
    const next =
      found.length > pageSize && end ? { tmCreate: begin.get(end.groupcallId)!, id: end.id } : null;
    return { items, next };
  }

  /** A leg by its id alone: its tree is looked for first, since nothing else finds it without reading all. */
  async find(id: string): Promise<GroupcallLegEntity | null> {
    const rootId = await rootOfLeg(this.dataSource.manager, id, this.entities.tree);
    if (rootId === null) return null;
    return this.dataSource.getRepository(this.entities.leg).findOneBy({ rootId, id });
  }

  private groupcalls(
    { customerId, filter }: ListRequest<LegFilter>,
    from: ListPosition | null,
  ): Promise<Ringing[]> {
    const query = this.dataSource
      .getRepository(this.entities.groupcall)
      .createQueryBuilder('row')
      .select(['row.id', 'row.rootId', 'row.tmCreate']);
    if (filter.groupcall_id === undefined) query.where('row.tmDelete IS NULL');
    else query.where('row.id = :id', { id: filter.groupcall_id });
    if (filter.owner_id !== undefined) query.andWhere('row.ownerId = :owner', { owner: filter.owner_id });
    // A leg that lives keeps its groupcall alive.
    if (filter.status !== undefined && filter.status !== 'hangup')
      query.andWhere('row.status <> :ended', { ended: 'hangup' });
    return pageRows(query, customerId, from, MOST);
  }

  /** In the order of the groupcalls, the newest one of each first. */
  private async legsOf(groupcalls: readonly Ringing[], { status }: LegFilter): Promise<GroupcallLegEntity[]> {
    if (groupcalls.length === 0) return [];
    const where: FindOptionsWhere<GroupcallLegEntity> = {
      rootId: In([...new Set(groupcalls.map(({ rootId }) => rootId))]),
      groupcallId: In(groupcalls.map(({ id }) => id)),
      ...(status === undefined ? {} : { status }),
    };
    const legs = await this.dataSource.getRepository(this.entities.leg).find({ where });
    const place = new Map(groupcalls.map(({ id }, index) => [id, index]));
    return legs.sort(
      (a, b) => place.get(a.groupcallId)! - place.get(b.groupcallId)! || b.ordinal - a.ordinal,
    );
  }
}
