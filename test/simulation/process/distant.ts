import type { Service } from '../weather.js';
import type { Wire } from './wire.js';

/**
 * The same port at the other end of a wire.
 * @param methods those that go over the wire; a port's contract has no others
 */
export function distant<T extends object>(
  port: T,
  service: Service,
  wire: Wire,
  methods: readonly (keyof T & string)[],
): T {
  // What it says of itself is known without asking.
  const far = Object.assign(Object.create(Object.getPrototypeOf(port) as object), port) as Record<
    string,
    unknown
  >;
  for (const name of methods) {
    const method = port[name] as (...args: unknown[]) => Promise<unknown>;
    far[name] = (...args: unknown[]) => wire.ask(service, name, () => method.apply(port, args));
  }
  return far as T;
}
