import type { DataSource, ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import { toGroupcallResource, type GroupcallResource } from '../../domain/groupcall-resource.js';
import { toLegResource, type LegResource } from '../../domain/leg-resource.js';
import {
  GroupcallReader,
  type GroupcallFilter,
  type LegFilter,
  type ListRequest,
  type Page,
} from '../../ports/groupcall-reader.port.js';
import type { EntitySet } from './entities/entity-set.js';
import type { GroupcallLegEntity } from './entities/groupcall-leg.entity.js';
import type { GroupcallEntity } from './entities/groupcall.entity.js';

/** Which property a filter's key looks at. */
const GROUPCALL_FILTERS: Record<keyof GroupcallFilter, keyof GroupcallEntity> = {
  status: 'status',
  ring_method: 'ringMethod',
  master_call_id: 'masterCallId',
  master_groupcall_id: 'masterGroupcallId',
  owner_id: 'ownerId',
  flow_id: 'flowId',
};
const LEG_FILTERS: Record<Exclude<keyof LegFilter, 'owner_id'>, keyof GroupcallLegEntity> = {
  groupcall_id: 'groupcallId',
  status: 'status',
};

/** Reads through TypeORM, so on every database that it knows. */
export class TypeOrmGroupcallReader extends GroupcallReader {
  constructor(
    private readonly dataSource: DataSource,
    private readonly entities: EntitySet,
  ) {
    super();
  }

  async findGroupcall(customerId: string, id: string): Promise<GroupcallResource | null> {
    const row = await this.dataSource.getRepository(this.entities.groupcall).findOneBy({ id, customerId });
    return row && toGroupcallResource(row);
  }

  async listGroupcalls(request: ListRequest<GroupcallFilter>): Promise<Page<GroupcallResource>> {
    const query = this.dataSource
      .getRepository(this.entities.groupcall)
      .createQueryBuilder('row')
      .where('row.tmDelete IS NULL');
    return page(query, request, GROUPCALL_FILTERS, toGroupcallResource);
  }

  async findLegsOf(
    customerId: string,
    groupcallId: string,
    wholeTree: boolean,
  ): Promise<LegResource[] | null> {
    const groupcall = await this.dataSource
      .getRepository(this.entities.groupcall)
      .findOne({ select: { id: true, rootId: true }, where: { id: groupcallId, customerId } });
    if (!groupcall) return null;
    const legs = await this.dataSource.getRepository(this.entities.leg).find({
      where: wholeTree ? { rootId: groupcall.rootId } : { rootId: groupcall.rootId, groupcallId },
      order: { ordinal: 'ASC' },
    });
    return legs.map(toLegResource);
  }

  async findLeg(customerId: string, id: string): Promise<LegResource | null> {
    const row = await this.dataSource.getRepository(this.entities.leg).findOneBy({ id, customerId });
    return row && toLegResource(row);
  }

  async listLegs(request: ListRequest<LegFilter>): Promise<Page<LegResource>> {
    const { owner_id: ownerId, ...filter } = request.filter;
    const query = this.dataSource.getRepository(this.entities.leg).createQueryBuilder('row').where('TRUE');
    if (ownerId !== undefined) {
      const owned = query
        .subQuery()
        .select('1')
        .from(this.entities.groupcall, 'groupcall')
        .where('groupcall.id = row.groupcallId AND groupcall.ownerId = :ownerId');
      query.andWhere(`EXISTS ${owned.getQuery()}`, { ownerId });
    }
    return page(query, { ...request, filter }, LEG_FILTERS, toLegResource);
  }
}

/** Keyset paging: (tm_create, id) is unique, so neither equal timestamps nor inserts skip or repeat anything. */
async function page<Row extends ObjectLiteral & { id: string; tmCreate: number }, F extends object, T>(
  query: SelectQueryBuilder<Row>,
  { customerId, filter, after, pageSize }: ListRequest<F>,
  columns: Record<keyof F, keyof Row>,
  toResource: (row: Row) => T,
): Promise<Page<T>> {
  query.andWhere('row.customerId = :customerId', { customerId });
  for (const [key, value] of Object.entries(filter)) {
    if (value === undefined) continue;
    query.andWhere(`row.${String(columns[key as keyof F])} = :${key}`, { [key]: value as unknown });
  }
  if (after) {
    query.andWhere('(row.tmCreate < :tm OR (row.tmCreate = :tm AND row.id < :id))', {
      tm: after.tmCreate,
      id: after.id,
    });
  }
  // One more than asked for tells whether there is a next page.
  const rows = await query
    .orderBy('row.tmCreate', 'DESC')
    .addOrderBy('row.id', 'DESC')
    .take(pageSize + 1)
    .getMany();
  const shown = rows.slice(0, pageSize);
  const last = shown.at(-1);
  return {
    items: shown.map(toResource),
    next: rows.length > pageSize && last ? { tmCreate: last.tmCreate, id: last.id } : null,
  };
}
