import type {
  CallGateway,
  Clock,
  DestinationResolver,
  EffectOutbox,
  GroupcallEventSink,
  GroupcallLimits,
  GroupcallReader,
  GroupcallStore,
  PublicEvent,
} from '@groupcall/groupcall';
import type { CommandBus } from '@nestjs/cqrs';
import type { ManualClock } from '../../../libs/groupcall/src/adapters/in-memory/index.js';
import type { AlarmHandler } from '../../../libs/groupcall/src/runtime/alarm-handler.js';
import type { BundleReceipts } from '../../../libs/groupcall/src/runtime/bundle-receipts.js';
import type { EffectExecutor } from '../../../libs/groupcall/src/runtime/effect-executor.js';
import type { GroupcallRuntime } from '../../../libs/groupcall/src/runtime/groupcall-runtime.js';
import type { OutboxRelay } from '../../../libs/groupcall/src/runtime/outbox-relay.js';
import { nextAlarmOf } from '../../../libs/groupcall/src/domain/tree-state.js';
import type { ScriptedDirectory } from '../scripted-directory.js';
import type { ScriptedGateway } from '../scripted-gateway.js';

/** The parts of a running library, taken out of its host. */
export interface EngineParts {
  readonly bus: CommandBus;
  readonly runtime: GroupcallRuntime;
  readonly relay: OutboxRelay;
  readonly receipts: BundleReceipts;
  readonly executor: EffectExecutor;
  readonly alarms: AlarmHandler;
  readonly store: GroupcallStore;
  readonly reader: GroupcallReader;
  readonly outbox: EffectOutbox;
  readonly hostClock: Clock;
  readonly hostGateway: CallGateway;
  readonly hostResolver: DestinationResolver;
  readonly sink: GroupcallEventSink;
  readonly limits: GroupcallLimits;
}

/** Real ms after which something that should have come to rest has not. */
const PATIENCE = 60_000;
/** So often in a row somebody looks whether it has come to rest, before leaving a millisecond between two looks. */
const QUICK_LOOKS = 20;

/**
 * The real runtime in virtual time: the clock, the gateway and the directory are ours, and every look into the outbox is
 * watched, so that "nothing left to do" is known and not waited for.
 */
export class Engine {
  /** Of the scenario being played. */
  gateway: ScriptedGateway | undefined;
  directory: ScriptedDirectory | undefined;
  events: PublicEvent[] = [];
  private relayRuns = true;
  /** Operations on the outbox and effects under way. */
  private busy = 0;
  /** How many effects the looks into the outbox have found since the last {@link settle} asked. */
  private looks: number[] = [];
  private readonly postponed = new Map<string, number>();
  /** The same for effects that were given back, until a look into the outbox finds them due. */
  private readonly givenBack = new Map<string, number>();

  /** The host's own directory, behind ours. */
  readonly hostResolve: DestinationResolver['resolve'];

  constructor(
    readonly parts: EngineParts,
    readonly clock: ManualClock,
  ) {
    this.hostResolve = parts.hostResolver.resolve.bind(parts.hostResolver);
    this.takePlaces();
    this.watch();
  }

  async runRelay(running: boolean): Promise<void> {
    if (this.relayRuns === running) return;
    this.relayRuns = running;
    if (running) this.parts.relay.start();
    else await this.parts.relay.stop();
  }

  /** Until mailboxes, outbox and gateway have nothing left to do at this moment. */
  async settle(): Promise<void> {
    for (;;) {
      await this.rest();
      if (!this.relayRuns) return;
      this.looks = [];
      this.parts.relay.nudge();
      await eventually(() => this.looks.length > 0, 'the relay looks into the outbox');
      await this.rest();
      if (this.looks.every((found) => found === 0)) return;
    }
  }

  /** Effects that wait for their next try. */
  get waiting(): number {
    return this.postponed.size + this.givenBack.size;
  }

  async advanceTo(moment: number): Promise<void> {
    for (;;) {
      const stop = await this.nextMoment(moment);
      // Alarms that were set ring in here; then whoever is due rings as if the queue had named him.
      await this.clock.advance(stop - this.clock.now());
      const [due] = await this.parts.store.dueAlarms(this.clock.now(), 1);
      if (due !== undefined) await this.parts.alarms.ring(due);
      await this.settle();
      if (stop >= moment) return;
    }
  }

  private async nextMoment(until: number): Promise<number> {
    const now = this.clock.now();
    const [due] = await this.parts.store.dueAlarms(until, 1);
    const tree = due === undefined ? null : await this.parts.store.load(due);
    const alarm = tree && nextAlarmOf(tree);
    return Math.min(
      until,
      ...[alarm ?? until, ...this.postponed.values(), ...this.givenBack.values()].filter((at) => at > now),
    );
  }

  private async rest(): Promise<void> {
    const { runtime } = this.parts;
    await eventually(() => {
      const held = (this.gateway?.holding ?? 0) + (this.directory?.holding ?? 0);
      return runtime.waitingCommands === 0 && this.busy === held && (this.gateway?.notifications ?? 0) === 0;
    }, 'everything comes to rest');
    await this.gateway?.whenQuiet();
    // Virtual time must not run past what is done and not yet told to the database.
    await this.parts.receipts.flush();
  }

  private takePlaces(): void {
    const { hostClock, hostGateway, hostResolver, sink } = this.parts;
    Object.assign(hostClock, { now: () => this.clock.now(), read: () => this.clock.read() });
    Object.assign(hostGateway, {
      createCall: (call: Parameters<CallGateway['createCall']>[0]) => this.gateway!.createCall(call),
      hangupCall: (...[id, reason]: Parameters<CallGateway['hangupCall']>) =>
        this.gateway!.hangupCall(id, reason),
      getCall: (id: string) => this.gateway!.getCall(id),
      listCalls: (page: Parameters<CallGateway['listCalls']>[0]) => this.gateway!.listCalls(page),
    });
    Object.assign(hostResolver, {
      resolve: (...asked: Parameters<DestinationResolver['resolve']>) => this.directory!.resolve(...asked),
    });
    const deliver = sink.deliver.bind(sink);
    Object.assign(sink, {
      deliver: async (event: PublicEvent) => {
        await deliver(event);
        this.events.push(event);
      },
    });
  }

  private watch(): void {
    const { outbox, executor } = this.parts;
    const claim = outbox.claim.bind(outbox);
    const acknowledge = outbox.acknowledge.bind(outbox);
    const postpone = outbox.postpone.bind(outbox);
    const start = executor.start.bind(executor);
    const giveBack = outbox.giveBack.bind(outbox);
    const watched: Pick<EffectOutbox, 'claim' | 'acknowledge' | 'postpone' | 'giveBack'> = {
      giveBack: (owner, effects) =>
        this.during(async () => {
          await giveBack(owner, effects);
          for (const { rootId, version, ordinal, at } of effects)
            this.givenBack.set(`${rootId}/${version}/${ordinal}`, at);
        }),
      claim: (request) =>
        this.during(async () => {
          const claimed = await claim(request);
          // They have another name by now: what is due was found.
          for (const [key, at] of this.givenBack) if (at <= request.now) this.givenBack.delete(key);
          this.looks.push(claimed.length);
          return claimed;
        }),
      acknowledge: (receipts) =>
        this.during(async () => {
          await acknowledge(receipts);
          for (const { id } of receipts) this.postponed.delete(id);
        }),
      postpone: (receipts, at, failure) =>
        this.during(async () => {
          await postpone(receipts, at, failure);
          for (const { id } of receipts) this.postponed.set(id, at);
        }),
    };
    Object.assign(outbox, watched);
    Object.assign(executor, {
      start: (...[claimed, run]: Parameters<EffectExecutor['start']>) => {
        this.busy += 1;
        start(claimed, {
          asked: () => run.asked(),
          done: () => {
            this.busy -= 1;
            run.done();
          },
          failed: (reason) => {
            this.busy -= 1;
            run.failed(reason);
          },
        });
      },
    });
  }

  private async during<T>(work: () => T | Promise<T>): Promise<T> {
    this.busy += 1;
    try {
      return await work();
    } finally {
      this.busy -= 1;
    }
  }
}

async function eventually(holds: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + PATIENCE;
  for (let looks = 0; !holds(); looks += 1) {
    if (performance.now() > deadline) throw new Error(`waited in vain until ${what}`);
    // What is in memory is there after a few turns; a database needs the processor that we would keep busy.
    await new Promise((resolve) => (looks < QUICK_LOOKS ? setImmediate(resolve) : setTimeout(resolve, 1)));
  }
}
