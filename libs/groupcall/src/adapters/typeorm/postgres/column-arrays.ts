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
    const write = WRITERS[type];
    let elements = '';
    let last: unknown;
    let lastText = '';
    for (let index = 0; index < rows.length; index += 1) {
      const value = valueOf(rows[index]);
      // Neighbours are alike: the legs of a tree share their source, and what has just been planned its moment.
      if (value !== last || index === 0) {
        last = value;
        lastText = value === null ? 'NULL' : write(value);
      }
      elements += index === 0 ? lastText : `,${lastText}`;
    }
    return `{${elements}}`;
  });
}

const plain = (value: unknown) => String(value);

/** What a value that is not null looks like as an element of an array. */
const WRITERS: Readonly<Record<ColumnType, (value: unknown) => string>> = {
  uuid: plain,
  int: plain,
  bigint: plain,
  boolean: plain,
  text: (value) => {
    const text = String(value);
    return SPECIAL.test(text) ? `"${text.replace(/["\\]/g, '\\$&')}"` : `"${text}"`;
  },
  // In JSON only quotes and backslashes have to be escaped, and JSON does that to a text in the same way.
  json: (value) => JSON.stringify(JSON.stringify(value)),
};

const SPECIAL = /["\\]/;
