import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import type { ListPosition } from '../../ports/groupcall-reader.port.js';

/**
 * Rows of a customer, newest first, at most `limit`. Keyset paging: (tm_create, id) is unique, so neither equal timestamps nor
 * inserts skip or repeat anything.
 * @param query of rows called `row`
 */
export function pageRows<Row extends ObjectLiteral & ListPosition>(
  query: SelectQueryBuilder<Row>,
  customerId: string,
  after: ListPosition | null,
  limit: number,
): Promise<Row[]> {
  query.andWhere('row.customerId = :customerId', { customerId });
  if (after) {
    query.andWhere('(row.tmCreate < :tm OR (row.tmCreate = :tm AND row.id < :id))', {
      tm: after.tmCreate,
      id: after.id,
    });
  }
  return query.orderBy('row.tmCreate', 'DESC').addOrderBy('row.id', 'DESC').take(limit).getMany();
}
