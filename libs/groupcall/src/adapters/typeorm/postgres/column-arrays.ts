import type { Columns, ColumnType } from '../commit-columns.js';

/**
 * Rows as a table: one array parameter per column, `$first` and the following ones. PostgreSQL reads them in less than half
 * of the time that the same rows take as JSON.
 */
export function arraysTable<T>(columns: Columns<T>, first: number): string {
  const parameters = Object.values(columns).map(([type], index) => `$${first + index}::${type}[]`);
  return `unnest(${parameters.join(', ')}) AS n (${Object.keys(columns).join(', ')})`;
}

/** The parameters of {@link arraysTable}. */
export function arrayParameters<T>(rows: readonly T[], columns: Columns<T>): string[] {
  return Object.values(columns).map(([type, valueOf]) => {
    const elements = rows.map((row) => element(valueOf(row), type));
    return `{${elements.join(',')}}`;
  });
}

function element(value: unknown, type: ColumnType): string {
  if (value === null) return 'NULL';
  // Numbers and booleans are written alike.
  const text = typeof value === 'string' && type !== 'json' ? value : JSON.stringify(value);
  return type === 'text' || type === 'json' ? quoted(text) : text;
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
