import { createHash } from 'node:crypto';
import type { DestinationInput } from '../../commands/create-groupcall/create-groupcall.command.js';

/** A telephone (`sip:<name>@phones.test`); scenarios speak of its leg by this name. */
export function phone(name: string): DestinationInput {
  return { type: 'sip', target: `${name}@phones.test` };
}

/** A nested groupcall that rings all at once, or as `how` says. */
export function group(
  name: string,
  destinations: DestinationInput[],
  how: Pick<DestinationInput, 'ring_method' | 'dial_timeout'> = {},
): DestinationInput {
  return { type: 'groupcall', target_name: name, ...how, destinations };
}

/** A nested groupcall that rings one after the other. */
export function line(name: string, destinations: DestinationInput[], dialTimeout?: number): DestinationInput {
  return group(name, destinations, {
    ring_method: 'linear',
    ...(dialTimeout === undefined ? {} : { dial_timeout: dialTimeout }),
  });
}

/** Somebody whose addresses the directory knows. */
export function agent(name: string): DestinationInput {
  return { type: 'agent', target: uuidOf(`agent ${name}`), target_name: name };
}

/** A desk whose registered telephones the directory knows. */
export function extension(name: string): DestinationInput {
  return { type: 'extension', target_name: name };
}

/** The same UUID for the same name, always: for customers, agents and whatever else a scenario names. */
export function uuidOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
