import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../../support/eventually.js';
import { isAnswering } from '../../support/is-answering.js';
import type { Random } from '../random.js';
import { ACTIONS, type Point } from '../server/failpoints.js';
import type { StopMode } from '../world/database-server.js';
import { FAKETIME, wrongClock } from '../world/faketime.js';
import type { Laboratory } from '../world/laboratory.js';
import type { Slot } from '../world/slot.js';

/** Points that normal traffic reaches within a second or two. */
const BUSY_POINTS = Array.from({ length: 19 }, (_, index) => `F${index + 1}` as Point);

/** How long a shutdown may take, and how long its follower may be awaited, ms. */
export const SHUTDOWN = 10_000;
const FOLLOWER = 8_000;

export interface FaultNote {
  /** ms since the run began. */
  readonly at: number;
  readonly what: string;
}

/** What can go wrong besides dying. Each fault ends by itself or with {@link heal}. */
export class Mischief {
  readonly notes: FaultNote[] = [];
  /** Shutdowns that did not end as they must. */
  readonly complaints: string[] = [];
  private readonly began = performance.now();
  private readonly kinds: readonly (readonly [number, () => Promise<void>])[];

  constructor(
    private readonly random: Random,
    private readonly lab: Laboratory,
    private readonly slots: readonly Slot[],
    private readonly database: string,
  ) {
    this.kinds = [
      [2, () => this.restartDatabase('fast')],
      [2, () => this.restartDatabase('immediate')],
      [2, () => this.endConnections()],
      [3, () => this.freezeDatabase()],
      [2, () => this.killRedis()],
      [2, () => this.flushRedis()],
      [2, () => this.freezeRedis()],
      [3, () => this.freezeServer()],
      [1, () => this.rollingRestart()],
      [2, () => this.cutDatabase()],
      [2, () => this.stallDatabase()],
      [2, () => this.swallowDatabase()],
      [5, () => this.loseCommitReply()],
      [5, () => this.moodyGateway()],
      [4, () => this.badPost()],
      [5, () => this.failpoint()],
      ...(FAKETIME ? [[3, () => this.wrongClock(FAKETIME!)] as const] : []),
    ];
  }

  /** One fault, chosen by chance; resolves when it is over. */
  async one(): Promise<void> {
    await this.random.weighted(this.kinds)();
  }

  note(what: string): void {
    this.notes.push({ at: Math.round(performance.now() - this.began), what });
  }

  /** Everything works again: servers, networks, gateway, post. */
  async heal(): Promise<void> {
    for (const { proxy } of this.slots) proxy.release();
    await this.lab.judge.suffer('chaos', { mood: 'well', share: 0 });
    await this.lab.judge.deliver('chaos', { duplicated: 0, reordered: 0, dropped: 0 });
    for (const slot of this.slots) if (slot.isReady) slot.current.disarm();
  }

  private async restartDatabase(mode: StopMode): Promise<void> {
    const { databases } = this.lab;
    const down = this.random.between(0, 1_500);
    this.note(`${databases.name}: ${mode} shutdown, ${down} ms away`);
    await databases.stop(mode);
    await delay(down);
    await databases.start();
  }

  private async endConnections(): Promise<void> {
    this.note(`${this.lab.databases.name}: every connection ended`);
    await this.lab.databases.disconnect(this.database);
  }

  /** No time limit of the server's own works any more. */
  private async freezeDatabase(): Promise<void> {
    const frozen = this.random.between(500, 4_500);
    const { what, thaw } = await this.lab.databases.freeze(this.database);
    this.note(`${this.lab.databases.name}: SIGSTOP of ${what} for ${frozen} ms`);
    await delay(frozen);
    thaw();
  }

  private async killRedis(): Promise<void> {
    const down = this.random.between(100, 2_000);
    this.note(`Redis: kill -9, ${down} ms away, everything in it lost`);
    await this.lab.redis.signal('SIGKILL');
    await delay(down);
    await this.lab.redis.start({ 'maxmemory-policy': 'noeviction', hz: '50' });
  }

  private async flushRedis(): Promise<void> {
    this.note('Redis: FLUSHALL');
    await isAnswering(this.lab.redis.url, 'FLUSHALL\r\n');
  }

  private async freezeRedis(): Promise<void> {
    const frozen = this.random.between(500, 4_000);
    this.note(`Redis: SIGSTOP for ${frozen} ms`);
    await this.lab.redis.signal('SIGSTOP');
    await delay(frozen);
    await this.lab.redis.signal('SIGCONT');
  }

  /** As a new version is rolled out: one after the other is asked to end, and another process follows. */
  private async rollingRestart(): Promise<void> {
    this.note('every server, one after the other: shutdown in order, and started anew');
    for (const slot of this.slots) {
      if (!slot.isReady) continue;
      const server = slot.current;
      const exit = await slot.shutDown(SHUTDOWN);
      // Whoever was killed meanwhile has not failed to shut down.
      if (exit === null) this.complaints.push(`server ${slot.index} did not shut down within ${SHUTDOWN} ms`);
      else if (exit.signal === null && exit.code !== 0)
        this.complaints.push(`the shutdown of server ${slot.index} ended with ${exit.code}`);
      await eventually(
        () => {
          if (!slot.isReady || slot.current === server) throw new Error('not there yet');
        },
        { timeout: FOLLOWER, interval: 50 },
      ).catch(() => undefined);
    }
  }

  private async freezeServer(): Promise<void> {
    const slot = this.ready();
    if (!slot) return;
    const frozen = this.random.between(500, 4_000);
    this.note(`server ${slot.index}: SIGSTOP for ${frozen} ms`);
    const server = slot.current;
    server.signal('SIGSTOP');
    await delay(frozen);
    server.signal('SIGCONT');
  }

  private async cutDatabase(): Promise<void> {
    const slot = this.random.pick(this.slots);
    const cut = this.random.between(50, 1_500);
    this.note(`server ${slot.index}: database unreachable for ${cut} ms`);
    await slot.proxy.cut();
    await delay(cut);
    await slot.proxy.open();
  }

  private async stallDatabase(): Promise<void> {
    const slot = this.random.pick(this.slots);
    const held = this.random.between(200, 3_000);
    this.note(`server ${slot.index}: nothing to or from the database for ${held} ms`);
    slot.proxy.hold();
    await delay(held);
    slot.proxy.release();
  }

  private async swallowDatabase(): Promise<void> {
    const slot = this.random.pick(this.slots);
    const frozen = this.random.between(200, 6_000);
    this.note(
      `server ${slot.index}: the database says nothing any more for ${frozen} ms, then the connections break`,
    );
    slot.proxy.freeze();
    await delay(frozen);
    await slot.proxy.cut();
    await slot.proxy.open();
  }

  private async loseCommitReply(): Promise<void> {
    const slot = this.random.pick(this.slots);
    this.note(`server ${slot.index}: committed, and the reply is lost`);
    slot.proxy.loseReplyTo(this.lab.databases.commitMarker);
    await delay(300);
  }

  private async moodyGateway(): Promise<void> {
    const mood = this.random.pick(['slow', 'error', 'lost_request', 'lost_reply'] as const);
    const share = this.random.pick([0.2, 0.6, 1]);
    const lasting = this.random.between(500, 2_500);
    this.note(`gateway: ${mood} for ${share * 100} % of the requests, ${lasting} ms`);
    await this.lab.judge.suffer('chaos', { mood, share });
    await delay(lasting);
    await this.lab.judge.suffer('chaos', { mood: 'well', share: 0 });
  }

  private async badPost(): Promise<void> {
    const lasting = this.random.between(1_000, 3_000);
    const share = () => this.random.pick([0, 0.2, 0.5]);
    const post = { duplicated: share(), reordered: share(), dropped: this.random.pick([0, 0.1, 0.3]) };
    this.note(`notifications: ${JSON.stringify(post)} for ${lasting} ms`);
    await this.lab.judge.deliver('chaos', post);
    await delay(lasting);
    await this.lab.judge.deliver('chaos', { duplicated: 0, reordered: 0, dropped: 0 });
  }

  private async failpoint(): Promise<void> {
    const slot = this.ready();
    if (!slot) return;
    const instruction = {
      point: this.random.pick(BUSY_POINTS),
      action: this.random.pick(ACTIONS.filter((action) => action !== 'kill')),
      skip: this.random.between(0, 3),
    };
    this.note(`server ${slot.index}: ${instruction.point} ${instruction.action}`);
    slot.arm(instruction);
    await delay(500);
  }

  private async wrongClock(library: string): Promise<void> {
    const slot = this.ready();
    if (!slot) return;
    const seconds = this.random.pick([-60, 60]);
    this.note(`server ${slot.index}: killed, and started with a clock that is ${seconds} s wrong`);
    await slot.kill(wrongClock(library, seconds));
  }

  private ready(): Slot | undefined {
    const ready = this.slots.filter((slot) => slot.isReady);
    return ready.length === 0 ? undefined : this.random.pick(ready);
  }
}

/** Kills at failpoints use the same points. */
export const KILL_POINTS = BUSY_POINTS;
