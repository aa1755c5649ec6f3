import { GROUPCALL_OPTIONS, type ResolvedOptions } from '../../../libs/groupcall/src/groupcall.options.js';
import {
  InMemoryDialLedger,
  InMemoryLegAudit,
  type InMemoryDatabase,
} from '../../../libs/groupcall/src/adapters/in-memory/index.js';
import { AlarmClock } from '../../../libs/groupcall/src/ports/alarm-clock.port.js';
import { CallGateway } from '../../../libs/groupcall/src/ports/call-gateway.port.js';
import { Clock } from '../../../libs/groupcall/src/ports/clock.port.js';
import { DestinationResolver } from '../../../libs/groupcall/src/ports/destination-resolver.port.js';
import { DialLedger } from '../../../libs/groupcall/src/ports/dial-ledger.port.js';
import { EffectOutbox } from '../../../libs/groupcall/src/ports/effect-outbox.port.js';
import { GroupcallEventSink } from '../../../libs/groupcall/src/ports/groupcall-event-sink.port.js';
import { GroupcallStore } from '../../../libs/groupcall/src/ports/groupcall-store.port.js';
import { LegAudit } from '../../../libs/groupcall/src/ports/leg-audit.port.js';
import { PeerLink } from '../../../libs/groupcall/src/ports/peer-link.port.js';
import { Timers } from '../../../libs/groupcall/src/ports/timers.port.js';
import { ProcessName } from '../../../libs/groupcall/src/runtime/process-name.js';
import { ProcessNumber } from '../../../libs/groupcall/src/runtime/process-number.js';
import { RuntimeMetrics } from '../../../libs/groupcall/src/runtime/runtime-metrics.js';
import type { Random } from '../../faults/random.js';
import type { Agenda } from '../../../libs/groupcall/src/testing/virtual-time/agenda.js';
import { DistantAlarmClock, type AlarmQueue } from '../outside/alarm-queue.js';
import { DistantPeerLink, type PeerNetwork } from '../outside/peer-network.js';
import type { Trace } from '../trace.js';
import type { Weather } from '../weather.js';
import { distant } from './distant.js';
import { Life } from './life.js';
import {
  makeRuntime,
  type RuntimeParts,
} from '../../../libs/groupcall/src/testing/virtual-time/make-runtime.js';
import { PrivateClock } from './private-clock.js';
import { VirtualTimers } from './virtual-timers.js';
import { Wire } from './wire.js';

/** What all processes share. */
export interface Outside {
  readonly agenda: Agenda;
  readonly random: Random;
  readonly trace: Trace;
  readonly weather: () => Weather;
  readonly options: ResolvedOptions;
  readonly database: InMemoryDatabase;
  readonly store: GroupcallStore;
  readonly outbox: EffectOutbox;
  readonly gateway: CallGateway;
  readonly directory: DestinationResolver;
  readonly sink: GroupcallEventSink;
  readonly queue: AlarmQueue;
  readonly peers: PeerNetwork;
  /** Of all processes together. */
  readonly metrics: RuntimeMetrics;
}

const STORE = [
  'loadMany',
  'findRootOfGroupcall',
  'findRootsOfLegs',
  'findByIdempotencyKey',
  'commit',
  'admit',
  'dueAlarms',
  'liveRootsOfMasterCall',
  'rootsOfCustomer',
] as const;
const OUTBOX = ['claim', 'acknowledge', 'postpone', 'bury', 'release', 'giveBack', 'renew'] as const;
const GATEWAY = ['createCall', 'hangupCall', 'getCall', 'listCalls'] as const;

/** A server of ours: it may die, stop, and begin again with nothing in its memory. */
export class VirtualProcess {
  /** null while it is down. */
  life: Life | null = null;
  /** ms by which its clock is wrong. */
  skew = 0;
  private parts: RuntimeParts | null = null;
  private lives = 0;
  /** Who waits for its shutdown, while there is one. */
  private ending: (() => void)[] | null = null;

  constructor(
    readonly name: string,
    private readonly outside: Outside,
  ) {}

  start(): void {
    if (this.life) return;
    this.lives += 1;
    const life = new Life(`${this.name}.${this.lives}`, this.outside.agenda);
    this.outside.trace.note(() => `${life.name} starts`);
    this.life = life;
    this.parts = makeRuntime(this.portsOf(life));
    void this.parts.lifecycle.onApplicationBootstrap();
  }

  /** Its memory is gone, and so is whatever was on its way to it. */
  crash(): void {
    this.outside.trace.note(() => `${this.life?.name} crashes`);
    this.end();
  }

  /** As a SIGTERM: `then` is called when it has ended by itself, never when it crashes meanwhile. */
  shutDown(then: () => void): void {
    const { life, parts } = this;
    if (!life || !parts) return then();
    if (this.ending) {
      this.ending.push(then);
      return;
    }
    const waiting = (this.ending = [then]);
    this.outside.trace.note(() => `${life.name} shuts down`);
    life.reach(() => {
      void parts.lifecycle.beforeApplicationShutdown().then(() => {
        if (this.life !== life) return;
        this.outside.trace.note(() => `${life.name} has shut down`);
        this.end();
        for (const tell of waiting) tell();
      });
    });
  }

  execute(command: object): Promise<unknown> {
    return this.parts!.execute(command);
  }

  /** Memory is short: it forgets a tree, whatever is going on with it. */
  evict(rootId: string): void {
    this.parts?.residents.forget(rootId);
  }

  /** Commands that wait for their turn, or are under way. */
  get waiting(): number {
    return this.parts?.runtime.waitingCommands ?? 0;
  }

  private end(): void {
    this.life?.end();
    this.life = null;
    this.parts = null;
    this.ending = null;
  }

  private portsOf(life: Life): Map<unknown, unknown> {
    const {
      agenda,
      random,
      trace,
      weather,
      options,
      database,
      store,
      outbox,
      gateway,
      directory,
      sink,
      queue,
      peers,
    } = this.outside;
    const wire = new Wire(agenda, random, trace, weather, life);
    return new Map<unknown, unknown>([
      [GROUPCALL_OPTIONS, options],
      [GroupcallStore, distant(store, 'store', wire, STORE)],
      [EffectOutbox, distant(outbox, 'store', wire, OUTBOX)],
      [DialLedger, distant<DialLedger>(new InMemoryDialLedger(database), 'store', wire, ['take', 'forget'])],
      [LegAudit, distant<LegAudit>(new InMemoryLegAudit(database), 'store', wire, ['find', 'placed'])],
      [CallGateway, distant(gateway, 'gateway', wire, GATEWAY)],
      [DestinationResolver, distant(directory, 'directory', wire, ['resolve'])],
      [GroupcallEventSink, distant(sink, 'sink', wire, ['deliver'])],
      [AlarmClock, new DistantAlarmClock(queue, life, wire)],
      [Clock, new PrivateClock(agenda, wire, () => this.skew)],
      [Timers, new VirtualTimers(life)],
      [PeerLink, new DistantPeerLink(peers, life)],
      [ProcessNumber, peers.numberFor(life)],
      [ProcessName, { name: life.name }],
      [RuntimeMetrics, this.outside.metrics],
    ]);
  }
}
