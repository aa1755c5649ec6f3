import type { Provider } from '@nestjs/common';
import { EventBus } from '@nestjs/cqrs';
import { COMMAND_HANDLERS } from '../../commands/command-handlers.js';
import { GroupcallRuntime } from '../../runtime/groupcall-runtime.js';
import { Lifecycle } from '../../runtime/lifecycle.js';
import { RUNTIME_PROVIDERS } from '../../runtime/runtime-providers.js';
import type { ResidentTrees } from '../../runtime/resident-trees.js';
import { TreeTurns } from '../../runtime/tree-turns.js';
import { Container } from './container.js';

/** Where Nest's decorator keeps the command of a handler. */
const HANDLES = '__commandHandler__';

/** What a simulated process consists of: the providers of the real module, on ports of the simulation. */
export interface RuntimeParts {
  readonly runtime: GroupcallRuntime;
  readonly lifecycle: Lifecycle;
  readonly residents: ResidentTrees;
  /** As the host's CommandBus would. */
  execute(command: object): Promise<unknown>;
}

const PROVIDERS: readonly Provider[] = [...RUNTIME_PROVIDERS, ...COMMAND_HANDLERS];
const HANDLER_OF = new Map(
  COMMAND_HANDLERS.map((handler) => [Reflect.getMetadata(HANDLES, handler) as unknown, handler]),
);

/** @param ports by the class that is their token */
export function makeRuntime(ports: ReadonlyMap<unknown, unknown>): RuntimeParts {
  const listeners = { publish: () => undefined };
  const container = new Container(PROVIDERS, new Map([...ports, [EventBus, listeners]]));
  return {
    runtime: container.get(GroupcallRuntime),
    lifecycle: container.get(Lifecycle),
    residents: container.get(TreeTurns).residents,
    execute: async (command) => {
      const handler = HANDLER_OF.get(command.constructor);
      if (!handler) throw new Error(`Nobody handles ${command.constructor.name}.`);
      return container.get<{ execute(command: object): Promise<unknown> }>(handler).execute(command);
    },
  };
}
