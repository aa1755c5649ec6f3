import { Clock } from '@groupcall/groupcall';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { EventLog } from './event-log.js';

/** How long a reader may be away and still resume, ms. */
const KEEP = 24 * 60 * 60 * 1_000;
const EVERY = 60_000;
/** Small enough that writers and readers do not notice. */
const BATCH = 1_000;

/** Removes what is older than a day, bit by bit. Any number of processes may do it. */
@Injectable()
export class EventRetention implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Events');
  private timer: NodeJS.Timeout | undefined;
  private working: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly log: EventLog,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.working = this.quietly();
    }, EVERY);
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.working;
  }

  /** Removes everything that is too old now. @returns how many events that were */
  async removeOld(): Promise<number> {
    const before = this.clock.now() - KEEP;
    let removed = 0;
    for (let last = BATCH; last === BATCH && !this.stopped; removed += last) {
      last = await this.log.purge(before, BATCH);
    }
    return removed;
  }

  private async quietly(): Promise<void> {
    try {
      await this.removeOld();
    } catch (error) {
      this.logger.warn(`Old events could not be removed, the next minute tries again: ${String(error)}`);
    }
  }
}
