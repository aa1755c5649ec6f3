import { Retention } from '@groupcall/groupcall';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';

/** Injection token: after how many days ended groupcalls go; 0 = never. */
export const RETENTION_DAYS = Symbol('RETENTION_DAYS');

const DAY = 24 * 60 * 60 * 1_000;
const EVERY = 10 * 60_000;

/** Removes ended groupcalls that are older than RETENTION_DAYS, bit by bit. Any number of processes may do it. */
@Injectable()
export class GroupcallRetention implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Groupcalls');
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private working: Promise<void> = Promise.resolve();

  constructor(
    private readonly retention: Retention,
    @Inject(RETENTION_DAYS) private readonly days: number,
  ) {}

  onApplicationBootstrap(): void {
    if (this.days === 0) return;
    const work = () => {
      this.working = this.removeOld();
    };
    this.timer = setInterval(work, EVERY);
    work();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    clearInterval(this.timer);
    await this.working;
  }

  private async removeOld(): Promise<void> {
    try {
      const removed = await this.retention.removeOld({
        olderThan: this.days * DAY,
        signal: this.stopping.signal,
      });
      if (removed > 0) this.logger.log(`${removed} groupcalls older than ${this.days} days were removed.`);
    } catch (error) {
      this.logger.warn(
        `Old groupcalls could not be removed, the next try is in ten minutes: ${String(error)}`,
      );
    }
  }
}
