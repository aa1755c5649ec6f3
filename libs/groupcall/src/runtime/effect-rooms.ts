import type { EffectKind } from '../domain/effect.js';
import type { ClaimWindow } from './claim-window.js';

/**
 * How many effects of a kind may be claimed and not yet done. Each kind has a room of its own: a sink, a directory or
 * a gateway that does not answer fills its own one and keeps nobody else waiting, least of all a hangup.
 */
const ROOM: Readonly<Record<EffectKind, number>> = { hangup: 400, dial: 400, resolve: 200, publish: 400 };
const KINDS = Object.keys(ROOM) as EffectKind[];

/** What is under way in this process, by kind. A claim may overfill a room, but never begins with a full one. */
export class EffectRooms {
  private readonly taken: Record<EffectKind, number> = { hangup: 0, dial: 0, resolve: 0, publish: 0 };

  /** @param window a room is never larger than it */
  constructor(private readonly window: ClaimWindow) {}

  /** The kinds that still have room. */
  free(): EffectKind[] {
    return KINDS.filter((kind) => this.isFree(kind));
  }

  get isEmpty(): boolean {
    return KINDS.every((kind) => this.taken[kind] === 0);
  }

  enter(kind: EffectKind, count: number): void {
    this.taken[kind] += count;
  }

  /** @returns true when this kind had no room and has some now: what was left in the outbox for it can be claimed */
  leave(kind: EffectKind, count: number): boolean {
    const wasFull = !this.isFree(kind);
    this.taken[kind] -= count;
    return wasFull && this.isFree(kind);
  }

  private isFree(kind: EffectKind): boolean {
    return this.taken[kind] < Math.min(ROOM[kind], this.window.size);
  }
}
