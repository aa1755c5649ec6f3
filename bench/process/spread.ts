import type { Contender } from '../contenders/contender.js';
import type { Driver } from '../load/driver.js';
import type { Engine, Switchboard } from '../load/engine.js';
import type { Shape } from '../load/shape.js';
import { Peers } from './peers.js';

/**
 * Commands anywhere: each goes to any of the processes, and what the gateway is asked in one of them is told to the one
 * whose driver has made the groupcall. The least kind way to use several processes.
 */
export async function spread(local: Contender, driver: Driver) {
  let legs = new Map<string, number>();
  const peers = await Peers.listen({
    create: (name: string, shape: Shape) => local.create(name, shape).then(() => undefined),
    answer: (legId: string) => local.answer(legId),
    ended: (legId: string, reason: 'normal') => local.ended(legId, reason),
    placed: (name: string, legId: string) => driver.placed(name, legId),
    hungUp: (legId: string) => driver.hungUp(legId),
  });
  const anywhere = () => Math.floor(Math.random() * peers.count);
  const engine: Engine = {
    create: (name, shape) => peers.ask(anywhere(), 'create', name, shape),
    answer: (legId) => peers.ask(anywhere(), 'answer', legId),
    ended: (legId, reason) => peers.ask(anywhere(), 'ended', legId, reason),
  };
  const switchboard: Switchboard = {
    placed(name, legId) {
      const owner = Number.parseInt(name, 10);
      if (legs.size > 200_000) legs = new Map();
      legs.set(legId, owner);
      peers.tell(owner, 'placed', name, legId);
    },
    hungUp(legId) {
      const owner = legs.get(legId);
      // Placed by another process: the one that knows the leg takes it, the others do not.
      if (owner !== undefined) return peers.tell(owner, 'hungUp', legId);
      for (let peer = 0; peer < peers.count; peer += 1) peers.tell(peer, 'hungUp', legId);
    },
  };
  return { peers, engine, switchboard };
}
