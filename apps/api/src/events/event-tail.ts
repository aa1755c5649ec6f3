import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { EventLog } from './event-log.js';

/** Told that the log reaches up to this position, as far as the customer is concerned. */
export type EventListener = (upTo: number) => void;

/** ms between two looks: other processes write, too. */
const POLL = 500;
/** ms: events come in bursts, and one look finds a whole burst. */
const SHORTEST_PAUSE = 25;

/** Watches the end of the log, once per process and only while somebody listens, and tells whose events there are. */
@Injectable()
export class EventTail implements OnModuleDestroy {
  private readonly logger = new Logger('Events');
  /** By customer; null = of everybody. */
  private readonly listeners = new Map<string | null, Set<EventListener>>();
  /** Everybody has been told of everything up to here; null while nobody listens. */
  private position: number | null = null;
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | null = null;
  private lookedAt = 0;
  private nudged = false;
  private failing = false;
  private stopped = false;

  constructor(private readonly log: EventLog) {}

  /**
   * Tells `listener` of every event that becomes visible from now on, perhaps of earlier ones, too.
   * @param customerId null: whosever the events are
   * @returns how to stop
   */
  watch(customerId: string | null, listener: EventListener): () => void {
    const group = this.listeners.get(customerId) ?? new Set();
    this.listeners.set(customerId, group.add(listener));
    this.nudge();
    return () => {
      group.delete(listener);
      if (group.size === 0 && this.listeners.get(customerId) === group) this.listeners.delete(customerId);
    };
  }

  /** Something was written in this process. */
  nudge(): void {
    if (this.stopped || this.listeners.size === 0) return;
    this.nudged = true;
    if (!this.looking) this.lookIn(this.lookedAt + SHORTEST_PAUSE - performance.now());
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.looking;
  }

  private lookIn(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(
      () => {
        this.looking = this.look().then(() => {
          this.looking = null;
          this.lookedAt = performance.now();
          if (this.listeners.size === 0) this.position = null;
          else if (!this.stopped) this.lookIn(this.nudged ? SHORTEST_PAUSE : POLL);
        });
      },
      Math.max(0, ms),
    );
  }

  /** Never rejects. Says once that the database fails, and once that it is back. */
  private async look(): Promise<void> {
    this.nudged = false;
    try {
      if (this.position === null) {
        const position = await this.log.lastPosition();
        this.position = position;
        for (const customerId of this.listeners.keys()) this.tell(customerId, position);
      } else {
        const before = this.position;
        for (const { customerId, upTo } of await this.log.changesSince(before)) {
          this.position = Math.max(this.position, upTo);
          this.tell(customerId, upTo);
        }
        if (this.position > before) this.tell(null, this.position);
      }
      if (this.failing) this.logger.log('The event log can be read again.');
      this.failing = false;
    } catch (error) {
      if (!this.failing)
        this.logger.warn(`The event log cannot be read and is tried again: ${String(error)}`);
      this.failing = true;
    }
  }

  private tell(customerId: string | null, upTo: number): void {
    for (const listener of this.listeners.get(customerId) ?? []) listener(upTo);
  }
}
