import type { GroupcallRow, LegRow } from '../tree-mapper.js';

const NESTED = ['source', 'destination', 'destinations', 'slots', 'payload'];
const MOMENTS = [
  'tm_create',
  'tm_update',
  'tm_delete',
  'tm_dial',
  'tm_ringing',
  'tm_answer',
  'tm_hangup',
  'dial_deadline',
];

/** A stored row as the mapper wants it: what is nested as objects, moments as numbers. */
export function fromStored<Row extends GroupcallRow | LegRow>(row: Record<string, unknown>): Row {
  const plain: Record<string, unknown> = { ...row };
  for (const name of NESTED) {
    const text = plain[name];
    if (typeof text === 'string') plain[name] = JSON.parse(text) as unknown;
  }
  for (const name of MOMENTS) {
    const moment = plain[name];
    if (typeof moment === 'string') plain[name] = Number(moment);
  }
  return plain as Row;
}
