import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../support/free-port.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import type { Instruction } from '../server/failpoints.js';
import type { HostSettings } from '../server/host.module.js';
import { Doom } from './doom.js';
import { LabServer, type Exit } from './lab-server.js';
import type { Laboratory } from './laboratory.js';
import { hostSettings } from './settings.js';

/** What happened to the processes of a slot. */
export interface SlotCounts {
  starts: number;
  /** All of them, also those at a failpoint. */
  kills: number;
  /** Killed after they had made turns durable. */
  usefulKills: number;
  failpointKills: number;
  /** Starts that failed: the database was away. */
  failedStarts: number;
}

/** A place for one server: always the same port and the same way to the database, whichever process is in it. */
export class Slot {
  readonly counts: SlotCounts = {
    starts: 0,
    kills: 0,
    usefulKills: 0,
    failpointKills: 0,
    failedStarts: 0,
  };
  /** Processes that ended though nobody had told them to. */
  readonly deaths: string[] = [];
  isReady = false;
  private server: LabServer | undefined;
  private nextEnv: Record<string, string> | undefined;
  private doom = new Doom();
  private closing = false;
  private running: Promise<void> = Promise.resolve();

  private constructor(
    readonly index: number,
    private readonly lab: Laboratory,
    private readonly settings: HostSettings,
    readonly proxy: TcpProxy,
  ) {}

  /** @param database also the name of the account at the gateway and of the alarm queue */
  static async open(index: number, lab: Laboratory, database: string, liveLegs: number): Promise<Slot> {
    const proxy = await new TcpProxy(lab.databases.urlOf(database)).open();
    const where = {
      port: await freePort(),
      databaseUrl: proxy.url,
      redisUrl: lab.redis.url,
      queuePrefix: database,
      judge: lab.judge.urlOf(database),
    };
    const slot = new Slot(index, lab, hostSettings(where, liveLegs), proxy);
    slot.running = slot.keepOneRunning();
    return slot;
  }

  get url(): string {
    return `http://127.0.0.1:${this.settings.port}`;
  }

  /** The process in the slot, whether or not it is ready. */
  get current(): LabServer {
    if (!this.server) throw new Error(`slot ${this.index} is empty`);
    return this.server;
  }

  /** kill -9. @param env for the process that comes after it */
  async kill(env?: Record<string, string>): Promise<void> {
    this.nextEnv = env;
    this.doom.kill();
    await this.current.kill();
  }

  arm(instruction: Instruction): void {
    if (instruction.action === 'kill') this.doom.killAtFailpoint();
    this.current.arm(instruction);
  }

  /** kill -9 at a failpoint; when that is not reached within `patience` ms, wherever the process happens to be. */
  async killAt(instruction: Omit<Instruction, 'action'>, patience: number): Promise<void> {
    const server = this.current;
    this.arm({ ...instruction, action: 'kill' });
    await Promise.race([server.exited, delay(patience)]);
    if (server.alive) await this.kill();
  }

  /** SIGTERM's way out; the next process follows. @returns how it ended, `null` for not within `patience` ms */
  async shutDown(patience: number): Promise<Exit | null> {
    const server = this.current;
    this.doom.stop();
    server.requestStop();
    const exit = await Promise.race([server.exited, delay(patience, null)]);
    server.signal('SIGKILL');
    return exit;
  }

  /** Ends the process, in order if `patience` ms allow it, and nothing follows. */
  async close(patience: number): Promise<Exit | null> {
    this.closing = true;
    const exit = await this.shutDown(patience);
    await this.running;
    await this.proxy.cut();
    return exit;
  }

  /** Ends at once and for good. */
  async abandon(): Promise<void> {
    this.closing = true;
    this.server?.signal('SIGKILL');
    await this.proxy.cut();
  }

  private async keepOneRunning(): Promise<void> {
    while (!this.closing) {
      const env = this.nextEnv;
      this.nextEnv = undefined;
      this.doom = new Doom();
      const server = env ? new LabServer(this.lab.serverLog, env) : this.lab.nursery.take();
      this.server = server;
      this.counts.starts += 1;
      try {
        await server.start(this.settings);
        this.isReady = true;
        this.mourn(await server.exited, server.useful);
      } catch {
        this.counts.failedStarts += 1;
        await server.kill();
        await delay(200);
      }
      this.isReady = false;
    }
  }

  private mourn(exit: Exit, useful: boolean): void {
    this.isReady = false;
    const cause = this.doom.causeOf(exit);
    if (cause === 'kill' || cause === 'failpoint') {
      this.counts.kills += 1;
      if (useful) this.counts.usefulKills += 1;
      if (cause === 'failpoint') this.counts.failpointKills += 1;
    } else if (cause === null && !this.closing) {
      this.deaths.push(`the server of slot ${this.index} ended by itself with ${exit.code ?? exit.signal}`);
    }
  }
}
