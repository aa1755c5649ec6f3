import { ModulesContainer } from '@nestjs/core';
import type { FactoryProvider } from '@nestjs/common';
import { CommandBus, CqrsModule, EventBus } from '@nestjs/cqrs';

/** Injection token of {@link HostBuses}. */
export const HOST_BUSES = Symbol('the buses of the host');

/** The one CommandBus and the one EventBus of the application. */
export interface HostBuses {
  readonly commandBus: CommandBus;
  readonly eventBus: EventBus;
}

/** @throws Error that says what to import, and what to import no more */
export const hostBusesProvider: FactoryProvider<HostBuses> = {
  provide: HOST_BUSES,
  inject: [{ token: CommandBus, optional: true }, { token: EventBus, optional: true }, ModulesContainer],
  useFactory: (
    commandBus: CommandBus | undefined,
    eventBus: EventBus | undefined,
    modules: ModulesContainer,
  ) => {
    const makers = [...modules.values()].filter(
      (module) => module.providers.get(CommandBus)?.metatype === CommandBus,
    );
    if (makers.length > 1) {
      const importers = [...modules.values()]
        .filter(({ imports }) => makers.some((maker) => imports.has(maker)))
        .map(({ name }) => name);
      throw new Error(
        `GroupcallModule: there are ${makers.length} CommandBus instances, so handlers and events would not find each other. ` +
          `Import CqrsModule.forRoot() once, in the root module, and no bare CqrsModule anywhere; it is imported by ${[...new Set(importers)].join(', ')}.`,
      );
    }
    if (commandBus && eventBus) return { commandBus, eventBus };
    throw new Error(
      makers.some(({ metatype }) => metatype === CqrsModule)
        ? 'GroupcallModule: the CommandBus cannot be seen from here, because CqrsModule is imported without forRoot(). Import CqrsModule.forRoot() in the root module instead.'
        : 'GroupcallModule: there is no CommandBus. Add CqrsModule.forRoot() from @nestjs/cqrs to the imports of the root module.',
    );
  },
};
