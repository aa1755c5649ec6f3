import { Injectable, Logger } from '@nestjs/common';
import { HandleAlarmCommand } from '../commands/handle-alarm/handle-alarm.command.js';
import { GroupcallError } from '../domain/groupcall-error.js';
import { Clock } from '../ports/clock.port.js';
import { GroupcallStore } from '../ports/groupcall-store.port.js';
import { GroupcallRuntime } from './groupcall-runtime.js';
import { RuntimeMetrics } from './runtime-metrics.js';

const SWEEP_BATCH = 500;

/** Both ways in which a deadline reaches its tree: the queue's alarm, and the sweep that finds what the queue lost. */
@Injectable()
export class AlarmHandler {
  private readonly logger = new Logger('Groupcall');

  constructor(
    private readonly runtime: GroupcallRuntime,
    private readonly store: GroupcallStore,
    private readonly clock: Clock,
    private readonly metrics: RuntimeMetrics,
  ) {}

  /** The queue rang. Rejects when the tree could not be told: the queue then rings again. */
  async ring(rootId: string): Promise<void> {
    this.metrics.alarmsRung += 1;
    await this.tell(rootId, await this.clock.read());
  }

  /** Tells every tree whose deadline has passed. @returns how many there were */
  async sweep(): Promise<number> {
    const now = await this.clock.read();
    let found = 0;
    for (;;) {
      const due = await this.store.dueAlarms(now, SWEEP_BATCH);
      found += due.length;
      this.metrics.alarmsSwept += due.length;
      const told = await Promise.allSettled(due.map((rootId) => this.tell(rootId, now)));
      const failed = told.filter((one) => one.status === 'rejected');
      if (failed.length > 0)
        this.logger.warn(`${failed.length} due trees could not be told; the next sweep tries again`);
      if (due.length < SWEEP_BATCH || failed.length > 0) return found;
    }
  }

  private async tell(rootId: string, now: number): Promise<void> {
    try {
      await this.runtime.send(new HandleAlarmCommand({ rootId, now }));
    } catch (error) {
      // A tree that is not there has no deadline: an alarm from another database, or of a deleted one.
      if (!(error instanceof GroupcallError && error.reason === 'NOT_FOUND')) throw error;
    }
  }
}
