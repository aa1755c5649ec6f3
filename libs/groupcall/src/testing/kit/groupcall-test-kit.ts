import type { Command } from '@nestjs/cqrs';
import {
  InMemoryDatabase,
  InMemoryDialLedger,
  InMemoryEffectOutbox,
  InMemoryGroupcallReader,
  InMemoryGroupcallStore,
  InMemoryLegAudit,
} from '../../adapters/in-memory/index.js';
import {
  CreateGroupcallCommand,
  type CreateGroupcallInput,
} from '../../commands/create-groupcall/create-groupcall.command.js';
import { HandleAnswerCommand } from '../../commands/handle-answer/handle-answer.command.js';
import { HandleHangupCommand } from '../../commands/handle-hangup/handle-hangup.command.js';
import { HandleRingingCommand } from '../../commands/handle-ringing/handle-ringing.command.js';
import type { PublicEvent } from '../../domain/effect.js';
import { GroupcallError, groupcallNotFound } from '../../domain/groupcall-error.js';
import type { GroupcallResource } from '../../domain/groupcall-resource.js';
import type { LegResource } from '../../domain/leg-resource.js';
import { GROUPCALL_OPTIONS, resolveOptions, type GroupcallModuleOptions } from '../../groupcall.options.js';
import { AlarmClock } from '../../ports/alarm-clock.port.js';
import { CallGateway } from '../../ports/call-gateway.port.js';
import { Clock } from '../../ports/clock.port.js';
import { DestinationResolver } from '../../ports/destination-resolver.port.js';
import { DialLedger } from '../../ports/dial-ledger.port.js';
import { EffectOutbox } from '../../ports/effect-outbox.port.js';
import { GroupcallEventSink } from '../../ports/groupcall-event-sink.port.js';
import { GroupcallStore } from '../../ports/groupcall-store.port.js';
import { LegAudit } from '../../ports/leg-audit.port.js';
import { Timers } from '../../ports/timers.port.js';
import { ProcessName } from '../../runtime/process-name.js';
import { RuntimeMetrics } from '../../runtime/runtime-metrics.js';
import { Agenda } from '../virtual-time/agenda.js';
import { makeRuntime, type RuntimeParts } from '../virtual-time/make-runtime.js';
import { AgendaAlarmClock, AgendaClock, AgendaTimers } from './agenda-ports.js';
import { ScriptedGateway, type CallNews } from './scripted-gateway.js';
import { TestDirectory } from './test-directory.js';

/** What a command bus is to whoever sends commands. */
export type CommandExecutor = { execute<R>(command: Command<R>): Promise<R> };

export interface TestKitOptions extends Pick<GroupcallModuleOptions, 'limits' | 'timings' | 'dialPolicy'> {
  /** Epoch ms at which the test begins; missing: the beginning of 2026. */
  now?: number;
  /** The host's own gateway instead of the scripted one; it must not wait in real time. */
  gateway?: (commandBus: CommandExecutor) => CallGateway;
  /** The host's own directory instead of {@link GroupcallTestKit.directory}. */
  resolver?: DestinationResolver;
  /** The host's own sink; {@link GroupcallTestKit.events} has everything all the same. */
  eventSink?: GroupcallEventSink;
}

/** The customer of every request that names none. */
export const TEST_CUSTOMER = '00000000-0000-4000-8000-00000000c001';

/**
 * The real engine in virtual time: the runtime with its mailboxes, outbox, alarms and reconciler, on ports in memory.
 * Nothing waits for real, so a ring of an hour takes milliseconds; the same test always goes the same way. Works with
 * any test runner.
 *
 * ```ts
 * const kit = await GroupcallTestKit.start();
 * kit.gateway.phone('+15550000001', answersAfter(2_000));
 * const { id } = await kit.create({ destinations: [{ type: 'tel', target: '+15550000001' }] });
 * await kit.advance(2_000);
 * (await kit.groupcall(id)).answer_call_id;
 * ```
 */
export class GroupcallTestKit {
  /** The phones; unused when the host brings a gateway of its own. */
  readonly gateway: ScriptedGateway;
  /** Agents and extensions that this test knows. */
  readonly directory = new TestDirectory();
  /** Every public event that was delivered, in order. */
  readonly events: PublicEvent[] = [];
  /** For the host's services: what they execute here is executed by the engine. */
  readonly commandBus: CommandExecutor = { execute: (command) => this.execute(command) };
  private readonly agenda: Agenda;
  private readonly begun: number;
  private readonly reader: InMemoryGroupcallReader;
  private readonly runtime: RuntimeParts;
  private failure: Error | undefined;

  private constructor(options: TestKitOptions) {
    const { now = Date.UTC(2026, 0, 1), limits, timings, dialPolicy, resolver, eventSink } = options;
    this.begun = now;
    this.agenda = new Agenda(now);
    this.gateway = new ScriptedGateway(this.agenda, (news) => this.notify(news));
    const clock = new AgendaClock(this.agenda);
    const database = new InMemoryDatabase(clock);
    this.reader = new InMemoryGroupcallReader(database);
    this.runtime = makeRuntime(
      new Map<unknown, unknown>([
        [
          GROUPCALL_OPTIONS,
          resolveOptions({ queue: { backend: 'redis', url: 'redis://none' }, limits, timings, dialPolicy }),
        ],
        [GroupcallStore, new InMemoryGroupcallStore(database)],
        [EffectOutbox, new InMemoryEffectOutbox(database)],
        [DialLedger, new InMemoryDialLedger(database)],
        [LegAudit, new InMemoryLegAudit(database)],
        [
          CallGateway,
          options.gateway?.({ execute: (command) => this.runtime.execute(command) as never }) ?? this.gateway,
        ],
        [DestinationResolver, resolver ?? this.directory],
        [GroupcallEventSink, this.recordInto(eventSink)],
        [AlarmClock, new AgendaAlarmClock(this.agenda)],
        [Clock, clock],
        [Timers, new AgendaTimers(this.agenda)],
        [ProcessName, { name: 'test' }],
        [RuntimeMetrics, new RuntimeMetrics()],
      ]),
    );
  }

  /** An engine that runs. @throws Error for options that the module would refuse */
  static async start(options: TestKitOptions = {}): Promise<GroupcallTestKit> {
    const kit = new GroupcallTestKit(options);
    await kit.runtime.lifecycle.onApplicationBootstrap();
    return kit;
  }

  /** Epoch ms of virtual time. */
  get now(): number {
    return this.agenda.now;
  }

  /** ms of virtual time since the start. */
  get elapsed(): number {
    return this.agenda.now - this.begun;
  }

  /**
   * Lets time pass, and everything happen that is due meanwhile.
   * @throws whatever a notification of the gateway was refused with
   */
  async advance(ms: number): Promise<void> {
    if (!(ms >= 0)) throw new Error(`Time cannot be moved by ${ms} ms; it only goes forward.`);
    await this.agenda.run(this.agenda.now + ms);
    const { failure } = this;
    this.failure = undefined;
    if (failure) throw failure;
  }

  /**
   * Executes any command as the host's CommandBus would, and lets happen what follows at the same moment.
   * @throws GroupcallError what the engine refuses
   */
  async execute<R>(command: Command<R>): Promise<R> {
    const executing = this.runtime.execute(command) as Promise<R>;
    try {
      return await executing;
    } finally {
      await this.advance(0);
    }
  }

  /**
   * Creates a groupcall, and resolves when it is stored.
   * @param request of {@link TEST_CUSTOMER} unless it names another customer
   */
  create(
    request: Omit<CreateGroupcallInput, 'customerId'> & { customerId?: string },
  ): Promise<GroupcallResource> {
    return this.execute(new CreateGroupcallCommand({ customerId: TEST_CUSTOMER, ...request }));
  }

  /** As `GET /groupcalls/{id}` would show it. @throws GroupcallError NOT_FOUND */
  async groupcall(id: string, customerId = TEST_CUSTOMER): Promise<GroupcallResource> {
    const found = await this.reader.findGroupcall(customerId, id);
    if (!found) throw groupcallNotFound(id);
    return found;
  }

  /** The legs of the whole tree. @throws GroupcallError NOT_FOUND */
  async legs(rootId: string, customerId = TEST_CUSTOMER): Promise<LegResource[]> {
    const found = await this.reader.findLegsOf(customerId, rootId, true);
    if (!found) throw groupcallNotFound(rootId);
    return found;
  }

  /** Ends the engine as a SIGTERM would. */
  async stop(): Promise<void> {
    const stopping = this.runtime.lifecycle.beforeApplicationShutdown();
    await this.advance(0);
    await stopping;
  }

  private recordInto(sink: GroupcallEventSink | undefined): GroupcallEventSink {
    return {
      deliver: async (event) => {
        await sink?.deliver(event);
        this.events.push(event);
      },
    };
  }

  private notify(news: CallNews): void {
    this.runtime.execute(commandFor(news)).catch((error: Error) => {
      // Hung up before the engine knew it, or a stranger's call: what a real gateway is told as well.
      if (!(error instanceof GroupcallError && error.reason === 'NOT_FOUND')) this.failure ??= error;
    });
  }
}

function commandFor(news: CallNews): object {
  switch (news.what) {
    case 'ringing':
      return new HandleRingingCommand({ legId: news.id });
    case 'answered':
      return new HandleAnswerCommand({ legId: news.id });
    case 'ended':
      return new HandleHangupCommand({ legId: news.id, reason: news.reason });
  }
}
