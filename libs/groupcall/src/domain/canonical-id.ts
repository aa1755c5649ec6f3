import { isUuid } from '@groupcall/shared';
import { invalidArgument, type FieldProblem } from './groupcall-error.js';
import type { TreeCommand } from './tree-command.js';

/**
 * Ids are stored in lower case and compared as text: however a sender writes one, it means the same.
 * @throws GroupcallError INVALID_ARGUMENT naming the field, when it is no UUID
 */
export function canonicalId(field: string, value: unknown): string {
  if (isUuid(value)) return value.toLowerCase();
  throw invalidArgument([notUuid(field)]);
}

const ID_FIELDS = {
  rootId: 'root_id',
  groupcallId: 'groupcall_id',
  legId: 'leg_id',
  customerId: 'customer_id',
} as const;
type IdField = keyof typeof ID_FIELDS;
const STORED = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const OF_LEG: readonly IdField[] = ['legId', 'customerId'];
const OF_GROUPCALL: readonly IdField[] = ['groupcallId', 'customerId'];
const FIELDS: Readonly<Record<TreeCommand['type'], readonly IdField[]>> = {
  create_groupcall: [],
  handle_ringing: OF_LEG,
  handle_answer: OF_LEG,
  handle_hangup: OF_LEG,
  handle_dial_outcome: ['rootId', 'legId'],
  handle_resolution: ['rootId', 'groupcallId'],
  handle_alarm: ['rootId'],
  hangup: OF_GROUPCALL,
  hangup_others: OF_GROUPCALL,
  delete_groupcall: OF_GROUPCALL,
};

/**
 * The same command with its ids in stored form; the command itself is never changed. Those within a create command's
 * input are checked with the rest of it.
 * @throws GroupcallError INVALID_ARGUMENT naming every id that is no UUID
 */
export function withCanonicalIds<C extends TreeCommand>(command: C): C {
  const given = command as Partial<Record<IdField, unknown>>;
  let changed: Partial<Record<IdField, string>> | undefined;
  let problems: FieldProblem[] | undefined;
  for (const field of FIELDS[command.type]) {
    const value = given[field];
    // Nearly all of them.
    if (typeof value === 'string' && STORED.test(value)) continue;
    // The one id that may be left out: whoever sends the command may see every customer's groupcalls.
    if (value === undefined && field === 'customerId') continue;
    if (!isUuid(value)) (problems ??= []).push(notUuid(ID_FIELDS[field]));
    else (changed ??= {})[field] = value.toLowerCase();
  }
  if (problems) throw invalidArgument(problems);
  if (!changed) return command;
  return Object.assign(Object.create(Object.getPrototypeOf(command) as object) as C, command, changed);
}

function notUuid(field: string): FieldProblem {
  return { field, message: 'must be a UUID' };
}
