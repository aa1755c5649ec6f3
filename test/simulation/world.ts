import { InMemoryDatabase } from '../../libs/groupcall/src/adapters/in-memory/index.js';
import { resolveOptions, type ResolvedOptions } from '../../libs/groupcall/src/groupcall.options.js';
import { RuntimeMetrics } from '../../libs/groupcall/src/runtime/runtime-metrics.js';
import { Random } from '../faults/random.js';
import { Agenda } from '../../libs/groupcall/src/testing/virtual-time/agenda.js';
import { Callers } from './callers/callers.js';
import { Recorder, type SimulationRecords } from './judge/recorder.js';
import { CONVALESCENCE } from './judge/time-rules.js';
import { Mischief } from './mischief.js';
import { AlarmQueue } from './outside/alarm-queue.js';
import { Directory } from './outside/directory.js';
import { FrontDoor } from './outside/front-door.js';
import { Notifier } from './outside/notifier.js';
import { PeerNetwork } from './outside/peer-network.js';
import { RecordingOutbox, RecordingSink, RecordingStore } from './outside/shared-database.js';
import { TelephoneNetwork } from './outside/telephone-network.js';
import { JudgingClock } from './process/private-clock.js';
import { VirtualProcess, type Outside } from './process/virtual-process.js';
import { EPOCH, Trace } from './trace.js';
import { CALM, randomWeather, type Mode, type Weather } from './weather.js';

const PROCESSES = 3;
/** Virtual ms after healing within which everything must have come to rest. */
export const PATIENCE = 60_000;
/** How long it must look like rest to be rest, ms. */
const STILLNESS = 1_000;
/** A healthy process must have shut down within this, ms. */
const SHUTDOWN = 3_000;

/** Three processes on one database, everything around them, and a seed from which all of it follows. */
export class World {
  readonly agenda = new Agenda(EPOCH);
  readonly trace: Trace;
  /** Of all processes together: what the runtime itself has counted. */
  readonly metrics = new RuntimeMetrics();
  private readonly options: ResolvedOptions;
  private readonly database: InMemoryDatabase;
  private readonly recorder: Recorder;
  private readonly network: TelephoneNetwork;
  private readonly notifier: Notifier;
  private readonly processes: VirtualProcess[];
  private readonly callers: Callers;
  private readonly mischief: Mischief;
  private readonly duration: number;
  private weather: Weather;
  private healedAt = Infinity;

  constructor(
    readonly seed: number,
    private readonly mode: Mode,
    traced: boolean,
  ) {
    const { agenda } = this;
    // Apart, so that what one of them does changes no choice of another.
    const chance = (which: number) => new Random(Math.imul(seed, 0x9e3779b1) + which * 0x85ebca6b);
    const setting = chance(1);
    const weather = () => this.weather;
    this.weather = randomWeather(setting, mode);
    // Some worlds have nothing to recover from: in them everything must be prompt from the beginning.
    if (mode === 'liveness' && setting.chance(0.15)) {
      this.weather = CALM;
      this.healedAt = EPOCH - CONVALESCENCE;
    }
    this.duration = setting.between(5_000, 18_000);
    this.options = randomOptions(setting);
    const trace = (this.trace = new Trace(traced, () => agenda.now));
    const database = (this.database = new InMemoryDatabase(new JudgingClock(agenda)));
    const recorder = (this.recorder = new Recorder(agenda, this.options));
    const door = new FrontDoor(
      agenda,
      chance(2),
      () => this.processes,
      () => this.hasHealed,
    );
    this.notifier = new Notifier(agenda, chance(3), weather, door, recorder, trace);
    this.network = new TelephoneNetwork(agenda, chance(4), recorder, trace, (news) =>
      this.notifier.tell(news),
    );
    const peers = new PeerNetwork(agenda, chance(11), weather, trace);
    const outside: Outside = {
      agenda,
      random: chance(5),
      trace,
      weather,
      options: this.options,
      database,
      store: new RecordingStore(database, recorder, chance(6), weather, trace),
      outbox: new RecordingOutbox(database, recorder, trace),
      gateway: this.network,
      directory: new Directory(chance(7)),
      sink: new RecordingSink(recorder, trace),
      queue: new AlarmQueue(agenda, chance(8), weather, trace),
      peers,
      metrics: this.metrics,
    };
    this.processes = Array.from(
      { length: PROCESSES },
      (_, index) => new VirtualProcess(`p${index + 1}`, outside),
    );
    this.callers = new Callers(agenda, chance(9), door, recorder, database, trace);
    this.mischief = new Mischief(
      agenda,
      chance(10),
      this.weather,
      this.processes,
      this.network,
      peers,
      database,
      trace,
    );
  }

  /** Plays it. @returns what did not come to rest, for the mode in which everything must */
  async play(): Promise<string[]> {
    for (const process of this.processes) process.start();
    this.mischief.begin();
    this.callers.begin(this.duration);
    await this.agenda.run(EPOCH + this.duration);
    if (this.mode === 'safety') return [];
    this.heal();
    const restless = await this.comeToRest();
    if (restless.length > 0) return restless;
    return this.shutDown();
  }

  records(): SimulationRecords {
    const living = this.network.living().map(({ id }) => id);
    return this.recorder.records(this.database, living, this.healedAt);
  }

  private get hasHealed(): boolean {
    return this.healedAt !== Infinity;
  }

  private heal(): void {
    this.trace.note(() => 'from now on everything works');
    this.healedAt = Math.min(this.healedAt, this.agenda.now);
    this.weather = CALM;
    this.mischief.heal();
    this.network.heal();
  }

  private async comeToRest(): Promise<string[]> {
    const end = this.agenda.now + PATIENCE;
    for (let since = 0; this.agenda.now < end;) {
      since = this.open().length === 0 ? since + 1 : 0;
      if (since > STILLNESS / 250) return [];
      await this.agenda.run(this.agenda.now + 250);
    }
    return this.open();
  }

  /** What is not over yet. */
  private open(): string[] {
    const { trees, outbox, bundles } = this.database;
    const open: string[] = [];
    const add = (count: number, what: string) => count > 0 && open.push(`${count} ${what}`);
    add(
      [...trees.values()].filter((tree) => tree.groupcalls.get(tree.rootId)!.status !== 'hangup').length,
      'trees live',
    );
    add([...outbox.values()].filter(({ dead }) => !dead).length, 'effects are left');
    add(bundles.size, 'bundles are held');
    add(this.network.living().length, 'calls live');
    add(this.notifier.pending, 'notifications were not taken');
    add(this.processes.filter(({ waiting }) => waiting > 0).length, 'processes have commands waiting');
    if (!this.callers.areDone) open.push('callers wait');
    return open;
  }

  /** Nothing is held that would keep a process from ending at once. */
  private async shutDown(): Promise<string[]> {
    const ended = new Set<string>();
    for (const process of this.processes) process.shutDown(() => ended.add(process.name));
    const allEnded = () => ended.size === this.processes.length;
    await this.agenda.run(this.agenda.now + SHUTDOWN, allEnded);
    return allEnded() ? [] : [`${this.processes.length - ended.size} processes do not shut down`];
  }
}

function randomOptions(random: Random): ResolvedOptions {
  return resolveOptions({
    queue: { backend: 'redis', url: 'redis://nobody' },
    timings: {
      sweepInterval: random.pick([1_000, 2_000]),
      relayInterval: random.pick([500, 1_000]),
      ringGrace: random.pick([1_000, 10_000]),
      alarmBucket: random.pick([1, 250]),
    },
    // Without them every time-out comes by the queue.
    workers: { timers: random.chance(0.7), peers: random.chance(0.8) },
    limits: random.chance(0.2) ? { liveLegs: random.between(3, 8), legsPerTree: random.between(8, 12) } : {},
  });
}
