import { Entity } from 'typeorm';
import { checkTableOptions, TABLES, type TableOptions } from '../tables.js';
import { GroupcallCustomerEntity } from './groupcall-customer.entity.js';
import { GroupcallDialEntity } from './groupcall-dial.entity.js';
import { GroupcallLegEntity } from './groupcall-leg.entity.js';
import { GroupcallOutboxEntity } from './groupcall-outbox.entity.js';
import { GroupcallTreeEntity } from './groupcall-tree.entity.js';
import { GroupcallEntity } from './groupcall.entity.js';

/** The classes of the tables in the place where nothing was said about it. */
const BASE = {
  customer: GroupcallCustomerEntity,
  dial: GroupcallDialEntity,
  groupcall: GroupcallEntity,
  leg: GroupcallLegEntity,
  outbox: GroupcallOutboxEntity,
  tree: GroupcallTreeEntity,
};

/** One entity class per table. */
export type EntitySet = typeof BASE;

const sets = new Map<string, EntitySet>();

/**
 * The entity classes for tables in one place; for the same place always the same classes, since TypeORM knows an entity
 * by its class.
 */
export function entitySet({ schema, tablePrefix = '' }: TableOptions = {}): EntitySet {
  if (schema === undefined && tablePrefix === '') return BASE;
  checkTableOptions({ schema, tablePrefix });
  const key = JSON.stringify([schema, tablePrefix]);
  const known = sets.get(key);
  if (known) return known;
  const placed = <Base extends new () => object>(base: Base, table: string): Base => {
    const derived = { [base.name]: class extends (base as new () => object) {} }[base.name];
    // What PostgreSQL calls a schema, MariaDB and MySQL call a database.
    Entity({ name: `${tablePrefix}${table}`, schema, database: schema, synchronize: false })(derived);
    return derived as Base;
  };
  const set: EntitySet = {
    customer: placed(BASE.customer, TABLES.customer),
    dial: placed(BASE.dial, TABLES.dial),
    groupcall: placed(BASE.groupcall, TABLES.groupcall),
    leg: placed(BASE.leg, TABLES.leg),
    outbox: placed(BASE.outbox, TABLES.outbox),
    tree: placed(BASE.tree, TABLES.tree),
  };
  sets.set(key, set);
  return set;
}
