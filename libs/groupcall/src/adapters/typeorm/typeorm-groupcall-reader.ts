import type { DataSource } from 'typeorm';
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
import type { GroupcallEntity } from './entities/groupcall.entity.js';
import { LegList } from './leg-list.js';
import { pageRows } from './page-rows.js';

/** Which property a filter's key looks at. */
const GROUPCALL_FILTERS: Record<keyof GroupcallFilter, keyof GroupcallEntity> = {
  status: 'status',
  ring_method: 'ringMethod',
  master_call_id: 'masterCallId',
  master_groupcall_id: 'masterGroupcallId',
  owner_id: 'ownerId',
  flow_id: 'flowId',
};
/** Reads through TypeORM, so on every database that it knows. */
export class TypeOrmGroupcallReader extends GroupcallReader {
  private readonly legs: LegList;

  constructor(
    private readonly dataSource: DataSource,
    private readonly entities: EntitySet,
  ) {
    super();
    this.legs = new LegList(dataSource, entities);
  }

  async findGroupcall(customerId: string, id: string): Promise<GroupcallResource | null> {
    const row = await this.dataSource.getRepository(this.entities.groupcall).findOneBy({ id, customerId });
    return row && toGroupcallResource(row);
  }

  async listGroupcalls({
    customerId,
    filter,
    after,
    pageSize,
  }: ListRequest<GroupcallFilter>): Promise<Page<GroupcallResource>> {
    const query = this.dataSource
      .getRepository(this.entities.groupcall)
      .createQueryBuilder('row')
      .where('row.tmDelete IS NULL');
    for (const [key, value] of Object.entries(filter)) {
      if (value === undefined) continue;
      const column = GROUPCALL_FILTERS[key as keyof GroupcallFilter];
      query.andWhere(`row.${column} = :${key}`, { [key]: value as unknown });
    }
    // One more than asked for tells whether there is a next page.
    const rows = await pageRows(query, customerId, after, pageSize + 1);
    const shown = rows.slice(0, pageSize);
    const last = shown.at(-1);
    return {
      items: shown.map(toGroupcallResource),
      next: rows.length > pageSize && last ? { tmCreate: last.tmCreate, id: last.id } : null,
    };
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
    const leg = await this.legs.find(id);
    return leg?.customerId === customerId ? toLegResource(leg) : null;
  }

  async listLegs(request: ListRequest<LegFilter>): Promise<Page<LegResource>> {
    const { items, next } = await this.legs.page(request);
    return { items: items.map(toLegResource), next };
  }
}
