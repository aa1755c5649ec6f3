import type { DynamicModule, InjectionToken, Provider } from '@nestjs/common';

/**
 * Puts a decorator around a provider of a module without touching the module: the provider gets a name of its own, and
 * its token gives what `wrap` makes of it.
 * @param token a class, or the name of one that the module keeps to itself
 */
export function decorate<T extends object>(
  module: DynamicModule,
  token: InjectionToken | string,
  wrap: (inner: T) => T,
): void {
  const providers = (module.providers ??= []);
  const at = providers.findIndex((provider) => {
    const own = tokenOf(provider);
    return own === token || (typeof own === 'function' && own.name === token);
  });
  if (at < 0) throw new Error(`The module has no provider ${String(token)} any more: look for the new seam.`);
  const provider = providers[at];
  const inner = Symbol(`undecorated ${String(token)}`);
  providers[at] = { provide: tokenOf(provider), inject: [inner], useFactory: wrap };
  providers.push(
    typeof provider === 'function'
      ? { provide: inner, useClass: provider }
      : ({ ...provider, provide: inner } as Provider),
  );
}

function tokenOf(provider: Provider): InjectionToken {
  return typeof provider === 'function' ? provider : provider.provide;
}

type Methods<T> = {
  [K in keyof T]?: T[K] extends (...args: infer Args) => infer Result
    ? (proceed: () => Result, args: Args) => Result
    : never;
};

/** The same object with some methods taken over; the others work on the inner one as before. */
export function around<T extends object>(inner: T, methods: Methods<T>): T {
  return new Proxy(inner, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      const taken = methods[key as keyof T];
      const call = (args: unknown[]): unknown => Reflect.apply(value, target, args);
      return taken
        ? (...args: unknown[]) => taken(() => call(args), args)
        : (...args: unknown[]) => call(args);
    },
  });
}
