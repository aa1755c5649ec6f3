import { hash } from 'node:crypto';
import type { Caller } from './caller.js';

interface Verified {
  readonly caller: Caller;
  /** Last moment at which it counts, epoch ms. */
  readonly until: number;
  readonly keys: unknown;
}

/**
 * Tokens whose signature was found good: checking one costs more than everything else in front of a route, and senders
 * use the same one again and again. Only good ones are kept, so strangers cannot fill it, and only by their hash.
 */
export class VerifiedTokens {
  private readonly known = new Map<string, Verified>();

  constructor(
    private readonly most = 10_000,
    private readonly now: () => number = () => Date.now(),
  ) {}

  /**
   * @param keys what the keys that are trusted now are known by; others make every token be checked again
   */
  find(token: string, keys: unknown): Caller | undefined {
    const key = keyOf(token);
    const verified = this.known.get(key);
    if (!verified) return undefined;
    if (verified.keys === keys && this.now() < verified.until) return verified.caller;
    this.known.delete(key);
    return undefined;
  }

  /** @param until epoch ms from which it is not good any more */
  keep(token: string, caller: Caller, keys: unknown, until: number): void {
    if (this.known.size >= this.most) {
      const oldest = this.known.keys().next();
      if (!oldest.done) this.known.delete(oldest.value);
    }
    this.known.set(keyOf(token), { caller, until, keys });
  }
}

function keyOf(token: string): string {
  return hash('sha256', token, 'base64');
}
