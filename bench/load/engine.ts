import type { Shape } from './shape.js';

/** Whoever drives the phones: is told what the gateway is asked to do. */
export interface Switchboard {
  /** @param name what {@link Engine.create} was given */
  placed(name: string, legId: string): void;
  hungUp(legId: string): void;
}

/** A way of doing the job, as its callers see it: every promise resolves when the command is durable. */
export interface Engine {
  /** @param name what the driver calls this groupcall; it travels with every call */
  create(name: string, shape: Shape): Promise<unknown>;
  answer(legId: string): Promise<unknown>;
  ended(legId: string, reason: 'answered_elsewhere' | 'normal' | 'dialout'): Promise<unknown>;
}
