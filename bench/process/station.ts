import { setTimeout as delay } from 'node:timers/promises';
import type { Contender, ContenderName } from '../contenders/contender.js';
import { Floor } from '../contenders/floor.js';
import type { GroupcallContender } from '../contenders/groupcall.js';
import { Driver } from '../load/driver.js';
import { live } from '../load/pace.js';
import { bareLateness, countQueueOperations, engineLateness } from './alarm-lateness.js';
import type { HttpHost } from './http-hosts.js';
import { measured, queriesSoFar } from './measured.js';
import type {
  AlarmRequest,
  AlarmSample,
  HttpHostAddress,
  ProcessSample,
  StartRequest,
  ThroughputRequest,
} from './protocol.js';
import type { Peers } from './peers.js';
import { spread } from './spread.js';
import { treeMemory } from './tree-memory.js';

/** Quiet is who has sent no statement for so long, ms. */
const QUIET = 60;
const MOST_UNQUIET = 5_000;

/** What one process of the bench can be asked to do. Which contender it is, the first question tells. */
export class Station {
  private contender?: Contender;
  private floor?: Floor;
  private http?: HttpHost;
  private peers?: Peers;
  private readonly driver = new Driver();

  async start({ name, options }: StartRequest): Promise<void> {
    countQueueOperations();
    if (name === 'floor') {
      this.floor = await Floor.open(options.databaseUrl);
      return;
    }
    this.contender = await (await startOf(name))(options, this.driver);
    this.driver.engine = this.contender;
  }

  async run({ shape, pace, ms }: ThroughputRequest): Promise<ProcessSample> {
    const { driver, floor, contender } = this;
    const commands = driver.commands;
    driver.wrongWinners = 0;
    const { result: lives, ...cost } = await measured(async () => {
      if (floor) return floor.run(shape, ms);
      const lived = await live(driver, shape, pace ?? { open: openFor(contender!, shape.legs) }, ms);
      await contender!.settle();
      return lived;
    });
    return {
      ...cost,
      lives,
      commands: floor ? lives * (shape.legs + 2) : driver.commands - commands,
      latencies: driver.answerToHangup.take(),
      wrongWinners: driver.wrongWinners,
    };
  }

  /** Prepares for commands that go to any process. @returns where the others find this one */
  async listen(): Promise<number> {
    const { peers, engine, switchboard } = await spread(this.contender!, this.driver);
    this.peers = peers;
    this.driver.engine = engine;
    (this.contender as GroupcallContender).gateway.switchboard = switchboard;
    return peers.port;
  }

  async join({ ports, me }: { ports: number[]; me: number }): Promise<void> {
    this.driver.process = me;
    await this.peers!.join(ports, me);
  }

  engineAlarms(request: AlarmRequest): Promise<AlarmSample> {
    return engineLateness(this.contender as GroupcallContender, request);
  }

  bareAlarms({ redisUrl, request }: { redisUrl: string; request: AlarmRequest }): Promise<AlarmSample> {
    countQueueOperations();
    return bareLateness(redisUrl, request);
  }

  memory(request: { trees: number; legs: number }): Promise<number> {
    return treeMemory(this.contender as GroupcallContender, request);
  }

  async serve(what: { empty: true } | { databaseUrl: string; redisUrl: string | null }): Promise<void> {
    const { startEmptyHost, startRealHost } = await import('./http-hosts.js');
    this.http =
      'empty' in what ? await startEmptyHost() : await startRealHost(what.databaseUrl, what.redisUrl);
  }

  address(): Promise<HttpHostAddress> {
    const { url, authorization } = this.http!;
    return Promise.resolve({ url, authorization });
  }

  /** Resolves when nothing is asked of the database any more, apart from looking around; not later than after some time. */
  async quiet(): Promise<void> {
    const end = performance.now() + MOST_UNQUIET;
    let before: number;
    do {
      before = queriesSoFar();
      await delay(QUIET);
    } while (queriesSoFar() !== before && performance.now() < end);
  }

  /** User and system time so far, ms. */
  cpu(): Promise<number> {
    const { user, system } = process.cpuUsage();
    return Promise.resolve((user + system) / 1_000);
  }

  async stop(): Promise<void> {
    this.peers?.close();
    await this.contender?.close();
    await this.floor?.close();
    await this.http?.close();
  }
}

/** As many phones at once for large groupcalls as for small ones. */
function openFor({ bestOpen }: Contender, legs: number): number {
  return Math.max(2, Math.round(bestOpen * Math.min(1, 10 / legs)));
}

async function startOf(name: Exclude<ContenderName, 'floor'>) {
  switch (name) {
    case 'groupcall':
      return (await import('../contenders/groupcall.js')).start;
    case 'bare':
      return (await import('../contenders/bare-engine.js')).start;
    case 'reference':
      return (await import('../contenders/reference.js')).start;
    case 'transaction':
      return (await import('../contenders/transaction.js')).start;
  }
}
