import { setImmediate } from 'node:timers/promises';
import type { FactoryProvider, InjectionToken } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';

/**
 * A provider of the host under a token of ours. Not for objects with lifecycle hooks of Nest, unless `wrap` makes another
 * object of them: a hook is called once for each factory that returns the object.
 * @param missing what to tell when no module provides it
 * @param unseen what to tell when some module does, and we cannot see it
 */
export function requiredProvider<T extends object>(
  provide: InjectionToken,
  token: InjectionToken<T>,
  missing: string,
  unseen: (providedBy: string) => string,
  wrap: (given: T) => object = (given) => given,
): FactoryProvider<object> {
  return {
    provide,
    inject: [{ token, optional: true }, ModulesContainer],
    useFactory: async (given: T | undefined, modules: ModulesContainer) => {
      if (given) return wrap(given);
      const provider = [...modules.values()].find(({ providers }) => providers.has(token));
      if (!provider) throw new Error(missing);
      // It may be there and could not be made: then Nest has an error that says why, and that one is to be seen.
      await setImmediate();
      throw new Error(unseen(provider.name));
    },
  };
}
