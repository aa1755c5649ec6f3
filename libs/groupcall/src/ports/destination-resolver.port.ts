import type { Address } from '@groupcall/address';
import type { Resolution } from '../domain/resolution.js';

/**
 * The host's directory: turns an agent or extension into addresses when its turn to ring has come.
 * A rejected promise is retried with back-off; after the last try the destination counts as failed.
 * An unknown, foreign or unreachable one is not an error: answer `{ resolved: false, detail }`.
 */
export abstract class DestinationResolver {
  /** Looks an agent or extension of this customer up. May be asked the same again. */
  abstract resolve(customerId: string, destination: Address, signal: AbortSignal): Promise<Resolution>;
}

/** For hosts without a directory: every agent and extension is unknown. */
export class NoDirectory extends DestinationResolver {
  override resolve(_customerId: string, destination: Address): Promise<Resolution> {
    return Promise.resolve({
      resolved: false,
      detail: `no directory is plugged in that knows the ${destination.type}`,
    });
  }
}
