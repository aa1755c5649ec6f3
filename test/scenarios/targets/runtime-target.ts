import { GROUPCALL_OPTIONS, resolveOptions } from '../../../libs/groupcall/src/groupcall.options.js';
import {
  AlarmClock,
  CallGateway,
  Clock,
  DestinationResolver,
  EffectOutbox,
  GroupcallEventSink,
  GroupcallReader,
  GroupcallStore,
  NoDirectory,
} from '@groupcall/groupcall';
import { Test, type TestingModule } from '@nestjs/testing';
import { CqrsModule } from '@nestjs/cqrs';
import {
  InMemoryDatabase,
  InMemoryEffectOutbox,
  InMemoryGroupcallReader,
  InMemoryGroupcallStore,
  InMemoryDialLedger,
  InMemoryLegAudit,
  ManualAlarmClock,
  ManualAlarmQueue,
  ManualClock,
} from '../../../libs/groupcall/src/adapters/in-memory/index.js';
import { COMMAND_HANDLERS } from '../../../libs/groupcall/src/commands/command-handlers.js';
import { DialLedger } from '../../../libs/groupcall/src/ports/dial-ledger.port.js';
import { LegAudit } from '../../../libs/groupcall/src/ports/leg-audit.port.js';
import { RUNTIME_PROVIDERS } from '../../../libs/groupcall/src/runtime/runtime-providers.js';
import { ScriptedGateway } from '../scripted-gateway.js';
import type { Target, World, WorldSettings } from '../world.js';
import { Engine } from './engine.js';
import { partsOf } from './engine-parts.js';
import { EngineWorld } from './engine-world.js';

/** The real runtime on the in-memory adapters: every class of the library but the drivers. */
export class RuntimeTarget implements Target {
  readonly name = 'runtime';

  private constructor(
    private readonly host: TestingModule,
    private readonly engine: Engine,
  ) {}

  static async start(): Promise<RuntimeTarget> {
    const clock = new ManualClock();
    const hostClock = new ManualClock();
    const database = new InMemoryDatabase(clock);
    const port = (provide: unknown, useValue: unknown) => ({ provide: provide as symbol, useValue });
    const options = resolveOptions({
      queue: { backend: 'redis', url: 'redis://nobody' },
      // Deadlines come through the alarm clock, each at its own moment; the sweep is played by hand.
      workers: { timers: false, sweep: false, reconciler: false },
      timings: { effectTimeout: 60_000, claimLease: 61_000, alarmBucket: 1 },
    });
    const host = await Test.createTestingModule({
      imports: [CqrsModule.forRoot()],
      providers: [
        port(GROUPCALL_OPTIONS, options),
        port(Clock, hostClock),
        port(GroupcallStore, new InMemoryGroupcallStore(database)),
        port(EffectOutbox, new InMemoryEffectOutbox(database)),
        port(GroupcallReader, new InMemoryGroupcallReader(database)),
        port(LegAudit, new InMemoryLegAudit(database)),
        port(DialLedger, new InMemoryDialLedger(database)),
        port(AlarmClock, new ManualAlarmClock(new ManualAlarmQueue(clock))),
        port(CallGateway, new ScriptedGateway({ ringing: nobody, answered: nobody, ended: nobody })),
        port(DestinationResolver, new NoDirectory()),
        port(GroupcallEventSink, new WatchedSink()),
        ...RUNTIME_PROVIDERS,
        ...COMMAND_HANDLERS,
      ],
    })
      .setLogger(false as never)
      .compile();
    const engine = new Engine(partsOf(host), clock);
    await host.init();
    return new RuntimeTarget(host, engine);
  }

  async open(settings: WorldSettings): Promise<World> {
    return new EngineWorld(this.engine, settings);
  }

  close(): Promise<void> {
    return this.host.close();
  }
}

/** The engine asks a `NoEventSink` for nothing; the engine of the scenarios looks in here. */
class WatchedSink extends GroupcallEventSink {
  override deliver(): Promise<void> {
    return Promise.resolve();
  }
}

const nobody = () => Promise.reject(new Error('nobody listens to this gateway'));
