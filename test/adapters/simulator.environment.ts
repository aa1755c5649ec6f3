import {
  type Clock,
  HandleAnswerCommand,
  HandleHangupCommand,
  HandleRingingCommand,
  type GatewayCallState,
  type LegHangupReason,
  type OutgoingCall,
} from '@groupcall/groupcall';
import {
  ManualClock,
  type CallGatewayEnvironment,
  type CallNotification,
} from '@groupcall/groupcall/testing';
import { toAddress } from '@groupcall/address';
import type { CommandBus } from '@nestjs/cqrs';
import { DataSource } from 'typeorm';
import { CallLedger } from '../../apps/api/src/simulator/call-ledger.js';
import { CallSchedule } from '../../apps/api/src/simulator/call-schedule.js';
import { FarEnd } from '../../apps/api/src/simulator/far-end.js';
import { SIMULATOR_ENTITIES, SIMULATOR_MIGRATIONS } from '../../apps/api/src/simulator/persistence.js';
import { SimulatedCallGateway } from '../../apps/api/src/simulator/simulated-call-gateway.js';
import { SimulatorSignal } from '../../apps/api/src/simulator/simulator-signal.js';
import { SimulatorWorker } from '../../apps/api/src/simulator/simulator-worker.js';

type Told = HandleRingingCommand | HandleAnswerCommand | HandleHangupCommand;

/** Stands for the engine: writes down what it is told; `respond` may refuse. */
export class RecordingBus {
  readonly commands: Told[] = [];
  respond: (command: Told) => Promise<unknown> = () => Promise.resolve();

  async execute(command: Told): Promise<unknown> {
    const result = await this.respond(command);
    this.commands.push(command);
    return result;
  }

  about(legId: string): CallNotification[] {
    return this.commands.filter((command) => command.legId === legId).map(notificationOf);
  }
}

function notificationOf(command: Told): CallNotification {
  if (command instanceof HandleRingingCommand) return { kind: 'ringing' };
  if (command instanceof HandleAnswerCommand) return { kind: 'answered' };
  return { kind: 'ended', reason: command.reason };
}

export async function openSimulatorDatabase(url: string): Promise<DataSource> {
  const dataSource = new DataSource({
    type: 'postgres',
    url,
    entities: SIMULATOR_ENTITIES,
    migrations: SIMULATOR_MIGRATIONS,
    extra: { max: 10 },
  });
  await dataSource.initialize();
  await dataSource.runMigrations();
  return dataSource;
}

/** One process with a simulated gateway in it. */
export class SimulatorProcess {
  readonly signal = new SimulatorSignal();
  readonly schedule: CallSchedule;
  readonly gateway: SimulatedCallGateway;
  readonly worker: SimulatorWorker;
  readonly farEnd: FarEnd;

  constructor(
    readonly dataSource: DataSource,
    readonly clock: Clock,
    readonly bus: RecordingBus,
  ) {
    this.schedule = new CallSchedule(dataSource);
    this.gateway = new SimulatedCallGateway(new CallLedger(dataSource), clock, this.signal);
    this.worker = new SimulatorWorker(this.schedule, bus as unknown as CommandBus);
    this.farEnd = new FarEnd(dataSource, clock, this.signal);
  }

  create(call: OutgoingCall): Promise<void> {
    return this.gateway.createCall(call, new AbortController().signal);
  }

  hangUp(id: string): Promise<GatewayCallState> {
    return this.gateway.hangupCall(id, 'cancel', new AbortController().signal);
  }

  step(): Promise<number> {
    return this.worker.step(this.clock.now());
  }
}

const at = (user: string) => toAddress({ type: 'sip', target: `${user}@sim` });

/** The simulator as an environment of the gateway contract. */
export function simulatorEnvironment(dataSource: DataSource): CallGatewayEnvironment {
  const clock = new ManualClock();
  const bus = new RecordingBus();
  let process = new SimulatorProcess(dataSource, clock, bus);
  const customerOf = async (callId: string): Promise<string> => {
    const [row] = await dataSource.query<{ customer_id: string }[]>(
      'SELECT customer_id FROM simulated_call WHERE id = $1',
      [callId],
    );
    return row.customer_id;
  };
  return {
    get gateway() {
      return process.gateway;
    },
    rings: at('ring'),
    refuses: at('fail'),
    answersOnCancel: at('answer-on-cancel'),
    notificationsOf: (callId) => bus.about(callId),
    answer: async (callId) => process.farEnd.answer(await customerOf(callId), callId),
    hangUp: async (callId, reason: LegHangupReason) =>
      process.farEnd.hangUp(await customerOf(callId), callId, reason),
    advance: async (ms) => {
      await clock.advance(ms);
      await process.step();
    },
    restart: async () => {
      process = new SimulatorProcess(dataSource, clock, bus);
    },
    close: async () => {
      await dataSource.query('TRUNCATE simulated_call');
    },
  };
}
