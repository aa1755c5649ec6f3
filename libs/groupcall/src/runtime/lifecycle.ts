import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { GROUPCALL_OPTIONS, type ResolvedOptions } from '../groupcall.options.js';
import { AlarmClock } from '../ports/alarm-clock.port.js';
import { Timers } from '../ports/timers.port.js';
import { AlarmHandler } from './alarm-handler.js';
import { CommandForwarder } from './command-forwarder.js';
import { DeadlineTimers } from './deadline-timers.js';
import { GroupcallRuntime } from './groupcall-runtime.js';
import { OutboxRelay } from './outbox-relay.js';
import { reasonText } from './reason-text.js';
import { Reconciler } from './reconciler.js';
import { settledWithin } from './settled-within.js';
import { Ticker } from './ticker.js';

/** ms between two looks at what lies idle in memory. */
const TIDY_INTERVAL = 250;

/**
 * Starts what works by itself and stops it in the order in which nothing is lost: nobody begins anything new, what is
 * under way is finished side by side, then the mailboxes are. Everything is durable, so a shutdown that runs out of
 * time loses nothing either.
 */
@Injectable()
export class Lifecycle implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Groupcall');
  private readonly sweep: Ticker;
  private readonly poll: Ticker;
  private readonly tidy: Ticker;
  private readonly compare: Ticker;
  /** Aborted when the process ends: long work begins no next item. */
  private readonly ending = new AbortController();

  constructor(
    private readonly runtime: GroupcallRuntime,
    private readonly relay: OutboxRelay,
    private readonly alarms: AlarmHandler,
    private readonly alarmClock: AlarmClock,
    private readonly deadlines: DeadlineTimers,
    private readonly reconciler: Reconciler,
    private readonly forwarder: CommandForwarder,
    private readonly timers: Timers,
    @Inject(GROUPCALL_OPTIONS) private readonly options: ResolvedOptions,
  ) {
    const { signal } = this.ending;
    const { sweepInterval, relayInterval, reconcileInterval } = options.timings;
    this.sweep = new Ticker(timers, sweepInterval, () =>
      this.quietly('sweep', () => this.alarms.sweep(signal)),
    );
    this.compare = new Ticker(timers, reconcileInterval, () =>
      this.quietly('comparison with the gateway', () => this.reconciler.reconcile(signal)),
    );
    const tidyInterval = Math.min(TIDY_INTERVAL, Math.ceil(options.capacity.residentIdle / 4));
    this.tidy = new Ticker(timers, tidyInterval, async () => {
      // However many there are: everybody else gets on in between.
      while (this.runtime.packIdle()) await timers.soon();
      this.runtime.forgetIdle();
    });
    this.poll = new Ticker(timers, relayInterval, async () => this.relay.nudge());
  }

  async onApplicationBootstrap(): Promise<void> {
    const { workers } = this.options;
    this.forwarder.start((command) => this.runtime.takeHere(command));
    if (workers.timers) this.deadlines.start((rootIds, now) => this.alarms.time(rootIds, now));
    if (workers.alarms) await this.alarmClock.start((rootId) => this.alarms.ring(rootId));
    this.tidy.start();
    if (workers.sweep) this.sweep.start();
    if (workers.reconciler) this.compare.start();
    if (workers.relay) {
      this.relay.start();
      this.poll.start();
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    const inOrder = async () => {
      this.ending.abort();
      // The relay does not wait for a sweep or a comparison: what they still commit another process executes.
      const { relay, deadlines, sweep, poll, compare } = this;
      await Promise.all([relay.stop(), deadlines.stop(), sweep.stop(), poll.stop(), compare.stop()]);
      await this.tidy.stop();
      // All of these still have something to tell their trees, so the mailboxes close after them.
      await this.runtime.drain();
    };
    const { drainTimeout } = this.options.timings;
    // Peers learn it first, so that they wait for nothing more, and what they still owe us is decided here.
    const parting = this.forwarder.stop();
    // A queue that cannot be closed must neither keep the process nor cut the turns under way short.
    const [drained] = await Promise.all([
      settledWithin(this.timers, inOrder(), drainTimeout),
      settledWithin(this.timers, this.alarmClock.stop(), drainTimeout),
      settledWithin(this.timers, parting, drainTimeout),
    ]);
    if (!drained)
      this.logger.warn(`Not everything was finished within ${drainTimeout} ms; the next process goes on.`);
  }

  private async quietly(what: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.logger.warn(`The ${what} failed and is tried again: ${reasonText(error)}`);
    }
  }
}
