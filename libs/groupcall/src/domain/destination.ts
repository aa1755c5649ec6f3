import type { Address } from '@groupcall/address';
import type { RingMethod } from './status.js';

/**
 * Something to ring: an address, or a nested groupcall defined inline (type `groupcall` only).
 * `dial_timeout` in ms; missing = the parent's. `ring_method` missing = `ring_all` (SPEC 3).
 */
export interface Destination extends Address {
  ring_method?: RingMethod;
  dial_timeout?: number;
  destinations?: Destination[];
}
