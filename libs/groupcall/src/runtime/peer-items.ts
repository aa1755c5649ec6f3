import { NIL_UUID } from '@groupcall/shared';
import type { TreeCommand } from '../domain/tree-command.js';
import { LEG_HANGUP_REASONS } from '../domain/status.js';
import { readCommand } from '../remote/command-wire.js';

/** What processes tell each other; a letter is the sender's address and a list of these. Ids and kinds, never a number. */
export type PeerItem =
  /** I am alive: my number, and the addresses that I hear. */
  | readonly ['alive', number, readonly string[]]
  /** I am going: nothing of mine is to be waited for. */
  | readonly ['bye']
  /** Carry this command out: its number with me, its name, its fields, where it comes from. */
  | readonly ['do', number, string, object, unknown?]
  /** It is durable, and this is its result. */
  | readonly ['done', number, unknown?]
  /** Whatever came of it, decide it yourself: you will see. */
  | readonly ['look', number]
  /** I cannot: there is too much to do, or the store does not answer. */
  | readonly ['busy', number]
  /** I am still at what you have asked for. */
  | readonly ['wait'];

/** What they speak: a release that speaks otherwise does not meet the others. */
export const PEER_TOPIC = 'commands1';

/** @returns null for what is no letter */
export function readLetter(text: string): { from: string; items: PeerItem[] } | null {
  try {
    const [from, ...items] = JSON.parse(text) as [unknown, ...unknown[]];
    if (typeof from !== 'string' || from === '') return null;
    return { from, items: items.filter((item): item is PeerItem => Array.isArray(item)) };
  } catch {
    return null;
  }
}

/** The commands from outside about what exists already. What is made here is decided here. */
type Forwardable = Extract<
  TreeCommand,
  {
    type:
      'handle_answer' | 'handle_ringing' | 'handle_hangup' | 'hangup' | 'hangup_others' | 'delete_groupcall';
  }
>;

/** The leg or groupcall that a command is about, if it is one that another process may carry out. */
export function subjectOf(command: TreeCommand): string | undefined {
  switch (command.type) {
    case 'handle_hangup':
      // Any other is read as one of these, by whoever decides it.
      return (LEG_HANGUP_REASONS as readonly unknown[]).includes(command.reason) ? command.legId : undefined;
    case 'handle_answer':
    case 'handle_ringing':
      return command.legId;
    case 'hangup':
    case 'hangup_others':
    case 'delete_groupcall':
      return command.groupcallId;
    default:
      return undefined;
  }
}

/** The item that has a command carried out elsewhere. */
export function doItem(number: number, command: TreeCommand, traceParent: string | undefined): string {
  const { customerId, legId, groupcallId, reason } = command as object as Record<string, unknown>;
  return JSON.stringify([
    'do',
    number,
    command.type,
    { legId, groupcallId, reason, customerId },
    traceParent,
  ]);
}

/** @throws GroupcallError when it is no command that may come this way */
export function readDo([, , name, input]: PeerItem & { 0: 'do' }): Forwardable {
  const command = readCommand({ id: NIL_UUID, name, input, patience: 0 }) as TreeCommand;
  if (subjectOf(command) === undefined) throw new Error(`${name} is nothing for another process.`);
  return command as Forwardable;
}
