import {
  InMemoryDatabase,
  InMemoryDialLedger,
  InMemoryEffectOutbox,
  InMemoryGroupcallStore,
  InMemoryLegAudit,
} from '../../adapters/in-memory/index.js';
import { InMemoryPeerHub, InMemoryPeerLink } from '../../adapters/in-memory/in-memory-peer-link.js';
import { GROUPCALL_OPTIONS, resolveOptions, type GroupcallModuleOptions } from '../../groupcall.options.js';
import { AlarmClock } from '../../ports/alarm-clock.port.js';
import { CallGateway } from '../../ports/call-gateway.port.js';
import { Clock } from '../../ports/clock.port.js';
import { DestinationResolver } from '../../ports/destination-resolver.port.js';
import { DialLedger } from '../../ports/dial-ledger.port.js';
import { EffectOutbox } from '../../ports/effect-outbox.port.js';
import { GroupcallEventSink, NoEventSink } from '../../ports/groupcall-event-sink.port.js';
import { GroupcallStore, type TreeTurn } from '../../ports/groupcall-store.port.js';
import { LegAudit } from '../../ports/leg-audit.port.js';
import { PeerLink } from '../../ports/peer-link.port.js';
import { Timers } from '../../ports/timers.port.js';
import { NoTracer, Tracer } from '../../ports/tracer.port.js';
import { ProcessName } from '../../runtime/process-name.js';
import { ProcessNumber } from '../../runtime/process-number.js';
import { RuntimeMetrics } from '../../runtime/runtime-metrics.js';
import { AgendaAlarmClock, AgendaClock, AgendaTimers } from '../kit/agenda-ports.js';
import { ScriptedGateway } from '../kit/scripted-gateway.js';
import { TestDirectory } from '../kit/test-directory.js';
import { Agenda } from './agenda.js';
import { makeRuntime, type RuntimeParts } from './make-runtime.js';

/** ms that a letter takes. */
const WAY = 2;

/** A store whose commits take as long as they are told to. */
class SlowStore extends InMemoryGroupcallStore {
  /** ms. */
  delay = 0;
  readonly committed: TreeTurn[] = [];

  constructor(
    database: InMemoryDatabase,
    private readonly timers: Timers,
  ) {
    super(database);
  }

  override async commit(...[turns, limits, hold]: Parameters<InMemoryGroupcallStore['commit']>) {
    if (this.delay > 0) await this.timers.wait(this.delay);
    this.committed.push(...turns);
    return super.commit(turns, limits, hold);
  }
}

/** One of several processes on the same tables. */
export interface StagedProcess extends RuntimeParts {
  readonly link: InMemoryPeerLink;
  readonly metrics: RuntimeMetrics;
  readonly number: ProcessNumber;
  readonly store: SlowStore;
}

/** A number that was not drawn by chance. */
class GivenNumber extends ProcessNumber {
  constructor(private readonly given: number) {
    super();
  }

  protected override draw(): number {
    return this.given;
  }
}

/** Several processes on one database in memory, which speak to each other, in virtual time. */
export class PeerStage {
  readonly agenda = new Agenda(Date.UTC(2026, 0, 1));
  /** Whether a letter arrives. Links have the addresses a1, a2, … in the order in which they begin. */
  passes: (text: string, from: string, to: string) => boolean = () => true;
  private readonly hub: InMemoryPeerHub;
  private readonly clock = new AgendaClock(this.agenda);
  private readonly timers = new AgendaTimers(this.agenda);
  private readonly database = new InMemoryDatabase(this.clock);
  private readonly gateway = new ScriptedGateway(this.agenda, () => undefined);

  constructor() {
    this.hub = new InMemoryPeerHub(
      (work) => void this.agenda.after(WAY, work),
      (...letter) => this.passes(...letter),
    );
  }

  /** A process that runs, and whom the others do not know yet. */
  async start(
    number: number,
    options: Partial<GroupcallModuleOptions> = {},
    tracer: Tracer = new NoTracer(),
  ): Promise<StagedProcess> {
    const { agenda, clock, timers, database } = this;
    const link = new InMemoryPeerLink(this.hub);
    const metrics = new RuntimeMetrics();
    const given = new GivenNumber(number);
    const store = new SlowStore(database, timers);
    const parts = makeRuntime(
      new Map<unknown, unknown>([
        [GROUPCALL_OPTIONS, resolveOptions({ queue: { backend: 'redis', url: 'redis://none' }, ...options })],
        [GroupcallStore, store],
        [EffectOutbox, new InMemoryEffectOutbox(database)],
        [DialLedger, new InMemoryDialLedger(database)],
        [LegAudit, new InMemoryLegAudit(database)],
        [CallGateway, this.gateway],
        [DestinationResolver, new TestDirectory()],
        [GroupcallEventSink, new NoEventSink()],
        [AlarmClock, new AgendaAlarmClock(agenda)],
        [Clock, clock],
        [Timers, timers],
        [PeerLink, link],
        [Tracer, tracer],
        [ProcessName, { name: `p${number}` }],
        [ProcessNumber, given],
        [RuntimeMetrics, metrics],
      ]),
    );
    await parts.lifecycle.onApplicationBootstrap();
    return { ...parts, link, metrics, number: given, store };
  }

  /** Lets time pass, and everything happen that is due meanwhile. */
  async pass(ms: number): Promise<void> {
    await this.agenda.run(this.agenda.now + ms);
  }
}
