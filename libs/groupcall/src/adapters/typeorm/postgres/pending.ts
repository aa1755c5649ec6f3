/*
 * What an index of the outbox is for, true of everything that is pending: a statement names the index that it means. Both
 * being of all pending rows, the planner took either for the other and read it from end to end, when it took the outbox for
 * empty.
 */

const pending = (row: string, also: string) => {
  const of = row === '' ? '' : `${row}.`;
  return `${of}status = 'pending' AND ${of}${also}`;
};

/** Pending rows that are looked for by their lane. @param row its name in the statement; empty: in the index itself */
export const pendingInLane = (row: string): string => pending(row, 'version >= 0');

/** Pending rows that are looked for by the time at which they are due. @param row as above */
export const pendingByTime = (row: string): string => pending(row, 'next_at >= 0');
