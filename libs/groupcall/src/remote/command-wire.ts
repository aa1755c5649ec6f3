import { isUuid } from '@groupcall/shared';
import { CreateGroupcallCommand } from '../commands/create-groupcall/create-groupcall.command.js';
import { invalidArgument, type FieldProblem } from '../domain/groupcall-error.js';
import { LEG_HANGUP_REASONS } from '../domain/status.js';
import type { CommandMessage } from '../ports/command-transport.port.js';
import { PUBLIC_COMMANDS, type FieldRule, type PublicCommand } from './public-commands.js';

/** As for a request over HTTP; the use case has finer limits. */
const MOST_BYTES = 256 * 1024;

/**
 * A command in the form in which it travels: only what its use case knows, nothing that stays in the process.
 * @throws GroupcallError INVALID_ARGUMENT when it is not one of the public commands or cannot be written as JSON
 */
export function writeCommand(command: object): Pick<CommandMessage, 'name' | 'input'> {
  const known = PUBLIC_COMMANDS.find(({ type }) => command instanceof type);
  if (!known) throw problem('command', `${command.constructor.name} cannot be sent to another process`);
  const source = command instanceof CreateGroupcallCommand ? command.input : command;
  const input = Object.fromEntries(
    Object.keys(known.fields).map((field) => [field, (source as Record<string, unknown>)?.[field]]),
  );
  return { name: known.name, input: asJson(input) };
}

/**
 * The command that a message carries. Nothing is trusted: a message may come from an older or newer release, or from
 * somebody who writes into the queue by hand.
 * @throws GroupcallError INVALID_ARGUMENT naming every bad field
 */
export function readCommand({ id, name, input }: CommandMessage): object {
  if (!isUuid(id)) throw problem('command_id', 'must be a UUID');
  const known = PUBLIC_COMMANDS.find((one) => one.name === name);
  if (!known)
    throw problem(
      'command',
      `is not known here; allowed are ${PUBLIC_COMMANDS.map((one) => one.name).join(', ')}`,
    );
  const fields = fieldsOf(known, input);
  if (known.type !== CreateGroupcallCommand) return new known.type(fields);
  // The id of the command makes it one groupcall, however often the message arrives.
  return new known.type({ idempotencyKey: `command:${id.toLowerCase()}`, ...fields });
}

function fieldsOf({ fields: rules }: PublicCommand, input: unknown): Record<string, unknown> {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw problem('input', 'must be an object with the fields of the command');
  const fields = input as Record<string, unknown>;
  const problems: FieldProblem[] = [];
  for (const field of Object.keys(fields)) {
    if (Object.hasOwn(rules, field)) continue;
    const message = `is not known here; allowed are ${Object.keys(rules).join(', ')}`;
    problems.push({ field: printable(field), message });
  }
  for (const [field, rule] of Object.entries(rules)) {
    const message = brokenRule(rule, fields[field]);
    if (message) problems.push({ field: snake(field), message });
  }
  if (problems.length > 0) throw invalidArgument(problems);
  return fields;
}

function brokenRule(rule: FieldRule, value: unknown): string | null {
  switch (rule) {
    case 'any':
      return null;
    case 'optional id':
      return value === undefined || isUuid(value) ? null : 'must be a UUID';
    case 'id':
      return isUuid(value) ? null : 'must be a UUID';
    case 'hangup reason':
      return (LEG_HANGUP_REASONS as readonly unknown[]).includes(value)
        ? null
        : `must be one of ${LEG_HANGUP_REASONS.join(', ')}`;
  }
}

function asJson(input: unknown): unknown {
  let text: string;
  try {
    text = JSON.stringify(input);
  } catch {
    throw problem('input', 'must be plain data: texts, numbers, lists and objects without cycles');
  }
  if (Buffer.byteLength(text) > MOST_BYTES)
    throw problem('input', `must be at most ${MOST_BYTES} bytes as JSON`);
  return JSON.parse(text) as unknown;
}

function problem(field: string, message: string) {
  return invalidArgument([{ field, message }]);
}

/** Errors name fields as they are called in a request. */
function snake(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function printable(key: string): string {
  return key.replace(/[^\w-]/g, '?').slice(0, 40);
}
