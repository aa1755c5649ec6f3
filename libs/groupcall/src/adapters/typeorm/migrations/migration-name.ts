import type { TableOptions } from '../tables.js';

/**
 * What a migration is called where it is remembered: one name per place of the tables, so that several sets of them in
 * one database are migrated each by itself. TypeORM wants the time at its end.
 */
export function migrationName(name: string, time: number, { schema, tablePrefix }: TableOptions): string {
  const place = [schema, tablePrefix].filter(Boolean).join('.');
  return place === '' ? `${name}${time}` : `${name} ${place} ${time}`;
}
