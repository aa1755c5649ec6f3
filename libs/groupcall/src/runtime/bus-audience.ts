import type { EventBus } from '@nestjs/cqrs';

/**
 * Whether anybody would hear of an event now: handlers, sagas and whoever has subscribed to the bus, or a publisher of the
 * host's own. When in doubt, yes.
 */
export function hasAudience(bus: EventBus): boolean {
  const { subject$, publisher } = bus as Partial<EventBus> & { subject$?: { observed: boolean } };
  const isPlain = !Object.hasOwn(bus, 'publish') && publisher?.constructor.name === 'DefaultPubSub';
  return !isPlain || subject$?.observed !== false;
}
