import type { Address } from '@groupcall/address';
import type { RingMethod } from './status.js';

/** What the directory says about an agent or extension (SPEC 3, *Resolution*). */
export type Resolution =
  | {
      readonly resolved: true;
      readonly ringMethod: RingMethod;
      /** In the order in which they are to be rung. */
      readonly destinations: readonly Address[];
      /** The agent this destination belongs to; missing = none known. */
      readonly ownerId?: string;
    }
  | {
      readonly resolved: false;
      /** Why not, for logs and the console: unknown, foreign, no contact, directory down. */
      readonly detail: string;
    };
