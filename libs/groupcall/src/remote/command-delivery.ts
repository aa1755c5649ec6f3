import { randomUUID } from 'node:crypto';
import { isUuid } from '@groupcall/shared';
import { invalidArgument } from '../domain/groupcall-error.js';

/** How a command is to travel to the engine. */
export interface CommandDelivery {
  /** UUID; missing: made when the command is first executed. Keep it to ask again after a restart. */
  commandId?: string;
  /** How long to wait for the reply, ms; missing: the module's `timeout`. */
  timeout?: number;
}

const deliveries = new WeakMap<object, CommandDelivery>();

/**
 * Says how a command is to travel, and gives it back: `commandBus.execute(withDelivery(command, { commandId }))`.
 * Where the engine runs in the same process it changes nothing.
 * @throws GroupcallError INVALID_ARGUMENT
 */
export function withDelivery<C extends object>(command: C, delivery: CommandDelivery): C {
  const { commandId, timeout } = delivery;
  if (commandId !== undefined && !isUuid(commandId))
    throw invalidArgument([{ field: 'command_id', message: 'must be a UUID' }]);
  if (timeout !== undefined && !(Number.isInteger(timeout) && timeout > 0))
    throw invalidArgument([{ field: 'timeout', message: 'must be a whole number of milliseconds above 0' }]);
  deliveries.set(command, { ...delivery });
  return command;
}

/** The same command object has the same id for ever: executing it again is asking again. */
export function deliveryOf(command: object): { commandId: string; timeout?: number } {
  const { commandId = randomUUID(), timeout } = deliveries.get(command) ?? {};
  const delivery = { commandId: commandId.toLowerCase(), timeout };
  deliveries.set(command, delivery);
  return delivery;
}
