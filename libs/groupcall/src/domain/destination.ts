import type { Address } from '@groupcall/address';
import type { RingMethod } from './status.js';

/**
 * Something to ring: an address, or a nested groupcall defined inline (type `groupcall` only).
 * `dial_timeout` in ms; missing = the parent's. `ring_method` missing = `ring_all` (SPEC 3).
 */
export interface Destination extends Address {
  /** Of a nested groupcall: how its destinations are rung. */
  ring_method?: RingMethod;
  /** Of a nested groupcall: ms that each of its phones rings. */
  dial_timeout?: number;
  /** Of a nested groupcall: whom to ring. */
  destinations?: Destination[];
}
