import { Inject, Injectable, Logger } from '@nestjs/common';
import { HandleAlarmCommand } from '../commands/handle-alarm/handle-alarm.command.js';
import { GroupcallError } from '../domain/groupcall-error.js';
import { GROUPCALL_OPTIONS, type ResolvedOptions } from '../groupcall.options.js';
import { Clock } from '../ports/clock.port.js';
import { GroupcallStore } from '../ports/groupcall-store.port.js';
import { GroupcallRuntime } from './groupcall-runtime.js';
import { RuntimeMetrics } from './runtime-metrics.js';

const BATCH = 500;

/**
 * The three ways in which a deadline reaches its tree: this process's timers, to the millisecond; the queue's alarm, for
 * all trees of a span of time; and the sweep, which finds what both have lost.
 */
@Injectable()
export class AlarmHandler {
  private readonly logger = new Logger('Groupcall');

  constructor(
    private readonly runtime: GroupcallRuntime,
    private readonly store: GroupcallStore,
    private readonly clock: Clock,
    private readonly metrics: RuntimeMetrics,
    @Inject(GROUPCALL_OPTIONS) private readonly options: ResolvedOptions,
  ) {}

  /** These are due, as the judge's clock has said. Never rejects: who cannot be told is left to queue and sweep. */
  async time(rootIds: readonly string[], now: number): Promise<void> {
    this.metrics.alarmsTimed += rootIds.length;
    await this.tellEach(rootIds, now);
  }

  /**
   * The queue rang: the tree that it names looks at its deadlines, due or not, and so does every one that is due.
   * @throws Error when that tree could not be told, or nobody knows who is due: the queue then rings again
   */
  async ring(rootId: string): Promise<void> {
    const now = await this.clock.read();
    const told = await Promise.allSettled([
      this.tell(rootId, now),
      this.tellDue(now, now, (count) => (this.metrics.alarmsRung += count)),
    ]);
    const failed = told.find((one) => one.status === 'rejected');
    if (failed) throw failed.reason;
  }

  /**
   * Tells every tree whose deadline has passed for so long that neither a process's timers nor the queue will bring it.
   * Younger ones are being told at this moment, mostly by somebody else: to tell them as well costs a conflict.
   * @param signal aborted: no further batch is looked for
   * @returns how many there were
   */
  async sweep(signal?: AbortSignal): Promise<number> {
    const now = await this.clock.read();
    const { alarmBucket, sweepInterval } = this.options.timings;
    const lost = now - Math.min(alarmBucket, sweepInterval);
    return this.tellDue(now, lost, (count) => (this.metrics.alarmsSwept += count), signal);
  }

  /** @param until those whose deadline has passed by then */
  private async tellDue(
    now: number,
    until: number,
    count: (due: number) => void,
    signal?: AbortSignal,
  ): Promise<number> {
    let found = 0;
    for (;;) {
      const due = await this.store.dueAlarms(until, BATCH);
      found += due.length;
      count(due.length);
      const failed = await this.tellEach(due, now);
      if (due.length < BATCH || failed > 0 || signal?.aborted) return found;
    }
  }

  /** @returns how many could not be told */
  private async tellEach(rootIds: readonly string[], now: number): Promise<number> {
    const told = await Promise.allSettled(rootIds.map((rootId) => this.tell(rootId, now)));
    const failed = told.filter((one) => one.status === 'rejected').length;
    if (failed > 0) this.logger.warn(`${failed} due trees could not be told; the next sweep tries again`);
    return failed;
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
