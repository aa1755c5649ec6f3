import type { EffectKind } from '../domain/effect.js';
import type { HeldLane } from './held-lane.js';

/** How many effects of a kind are executed at the same time; the others wait in their order. */
const ROOM: Readonly<Record<EffectKind, number>> = { hangup: 400, dial: 400, resolve: 200, publish: 400 };

/** Who may ask the world for something now: so many lanes of each kind, the others in the order in which they came. */
export class LaneRooms {
  private readonly running: Record<EffectKind, number> = { hangup: 0, dial: 0, resolve: 0, publish: 0 };
  private readonly queued: Record<EffectKind, HeldLane[]> = {
    hangup: [],
    dial: [],
    resolve: [],
    publish: [],
  };
  private isDue = false;

  /** @param run begins the first effect of a lane that has got its room */
  constructor(private readonly run: (lane: HeldLane) => void) {}

  /** The lane's first effect may run as soon as there is room for its kind. */
  ready(lane: HeldLane): void {
    const { kind } = lane.waiting[0].effect;
    if (this.running[kind] < ROOM[kind] && this.isAlone(kind)) this.enter(lane, kind);
    else this.queued[kind].push(lane);
  }

  /** Nobody waits for a room of this kind. */
  isAlone(kind: EffectKind): boolean {
    return this.queued[kind].length === 0;
  }

  /** The room is that of the world: whoever waits for a commit takes nobody's place. */
  leave(lane: HeldLane): void {
    if (lane.room === null) return;
    const kind = lane.room;
    this.running[kind] -= 1;
    lane.room = null;
    if (this.isDue || this.isAlone(kind)) return;
    this.isDue = true;
    // Not at once: a long queue of what has run out of time would be a deep stack.
    queueMicrotask(() => this.fill());
  }

  private enter(lane: HeldLane, kind: EffectKind): void {
    this.running[kind] += 1;
    lane.room = kind;
    this.run(lane);
  }

  private fill(): void {
    this.isDue = false;
    for (const kind of Object.keys(ROOM) as EffectKind[]) {
      const queue = this.queued[kind];
      const count = Math.min(queue.length, ROOM[kind] - this.running[kind]);
      for (const lane of queue.splice(0, count)) this.enter(lane, kind);
    }
  }
}
