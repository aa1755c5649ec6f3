import type { Columns } from '../commit-columns.js';
import { binaryArray } from './binary-array.js';

/**
 * Rows as a table: one array parameter per column, `$first` and the following ones. PostgreSQL reads them in less than half
 * of the time that the same rows take as JSON.
 */
export function arraysTable<T>(columns: Columns<T>, first: number): string {
  const parameters = Object.values(columns).map(([type], index) => `$${first + index}::${type}[]`);
  return `unnest(${parameters.join(', ')}) AS n (${Object.keys(columns).join(', ')})`;
}

/** The parameters of {@link arraysTable}. @throws UnstorableValueError */
export function arrayParameters<T>(rows: readonly T[], columns: Columns<T>): Buffer[] {
  return Object.values(columns).map(([type, valueOf]) => binaryArray(type, rows, valueOf));
}
