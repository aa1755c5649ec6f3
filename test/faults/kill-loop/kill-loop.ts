import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../../support/eventually.js';
import { check, type Verdict } from '../checker/check.js';
import { collect } from '../checker/collect.js';
import type { Records, Violation } from '../checker/records.js';
import { Random } from '../random.js';
import type { Laboratory } from '../world/laboratory.js';
import { KILL_POINTS, Mischief, SHUTDOWN } from './mischief.js';
import { Load } from './load.js';
import { comeToRest } from './quiescence.js';
import { Report } from './report.js';
import { residue } from './residue.js';
import { Slot } from '../world/slot.js';

const DATABASE = 'chaos';
const SERVERS = 3;
const LIVE_LEGS = 60;
const CUSTOMERS = Array.from({ length: 5 }, (_, index) => `00000000-0000-4000-8000-00000000000${index + 1}`);
/** New groupcalls per second. */
const LOAD = 6;
/** ms for what was healed to come to rest: a claim that ran out, a back-off at its cap, the reconciler's patience. */
const REST = 45_000;
/** How long a victim is awaited that has done something, ms; then any will do. */
const USELESS = 3_000;
/** How long a kill waits for its failpoint, ms. */
const AT_FAILPOINT = 1_500;

export interface KillLoopOptions {
  readonly kills: number;
  readonly killsPerRound: number;
  readonly seed: number;
  /** Stop after this many ms, whatever is left. */
  readonly limit: number;
  /** So many kills must have been reached by then: a slow machine has fewer, and says so. */
  readonly least: number;
  /** ms of load without any fault before the first one: what the same world looks like when it is well. */
  readonly calm: number;
}

/** Servers die, over and over, under load and other faults; after each round everything must be as if they had not. */
export class KillLoop {
  private readonly random: Random;
  private readonly report: Report;
  private slots: Slot[] = [];
  private mischief!: Mischief;
  private load!: Load;

  constructor(
    private readonly lab: Laboratory,
    private readonly options: KillLoopOptions,
  ) {
    this.random = new Random(options.seed);
    this.report = new Report(options.seed);
  }

  async run(): Promise<Report> {
    await this.lab.databases.create(DATABASE);
    for (let index = 0; index < SERVERS; index += 1) {
      this.slots.push(await Slot.open(index, this.lab, DATABASE, LIVE_LEGS));
    }
    this.mischief = new Mischief(this.random, this.lab, this.slots, DATABASE);
    const urls = this.slots.map((slot) => slot.url);
    await this.lab.judge.deliver(DATABASE, { servers: urls });
    this.load = new Load(this.random, urls, CUSTOMERS, `run${this.options.seed}`);
    await this.allReady();
    const began = performance.now();
    try {
      if (this.options.calm > 0) await this.calm();
      for (let round = 1; this.kills < this.options.kills; round += 1) {
        if (performance.now() - began > this.options.limit) {
          const text = `only ${this.kills} of ${this.options.kills} kills within the time given`;
          if (this.kills < this.options.least) this.report.fail({ invariant: 'time', text });
          else console.log(text);
          break;
        }
        await this.round(round);
        if (this.report.restless) break;
      }
      await this.shutDown();
    } finally {
      await Promise.all(this.slots.map((slot) => slot.abandon()));
    }
    this.report.faults = this.mischief.notes;
    this.report.latencies = this.load.latencies;
    this.report.counts = this.slots.map((slot) => slot.counts);
    return this.report;
  }

  private get kills(): number {
    return this.slots.reduce((sum, slot) => sum + slot.counts.kills, 0);
  }

  private async calm(): Promise<void> {
    const loading = this.load.keepGoing(LOAD);
    await delay(this.options.calm);
    await this.load.stop();
    await loading;
    await this.judgeRound(0);
    this.report.calmEnds(this.load.latencies);
  }

  private async round(round: number): Promise<void> {
    const goal = Math.min(this.kills + this.options.killsPerRound, this.options.kills);
    const loading = this.load.keepGoing(LOAD);
    const isOver = () => this.kills >= goal;
    await Promise.all([this.killUntil(isOver), this.disturbUntil(isOver)]);
    await this.load.stop();
    await loading;
    await this.mischief.heal();
    await this.judgeRound(round);
  }

  private async killUntil(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      await delay(this.random.between(50, 500));
      const useful = await this.untilUseful(isOver);
      const ready = this.slots.filter((slot) => slot.isReady);
      // Usually somebody is left to go on; now and then nobody is.
      if (useful.length === 0 || ready.length <= (this.random.chance(0.1) ? 0 : 1)) continue;
      const slot = this.random.pick(useful);
      if (this.random.chance(0.5)) {
        await slot.kill();
      } else {
        const point = this.random.pick(KILL_POINTS);
        await slot.killAt({ point, skip: this.random.between(0, 4) }, AT_FAILPOINT);
      }
    }
  }

  /** A server that is killed before it has done anything proves nothing: on a slow machine deaths are rarer. */
  private async untilUseful(isOver: () => boolean): Promise<Slot[]> {
    for (let waited = 0; waited < USELESS && !isOver(); waited += 25) {
      const useful = this.slots.filter((slot) => slot.isReady && slot.current.useful);
      if (useful.length > 0) return useful;
      await delay(25);
    }
    return this.slots.filter((slot) => slot.isReady);
  }

  private async disturbUntil(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      await delay(this.random.between(500, 3_000));
      if (!isOver()) await this.mischief.one();
    }
  }

  private async judgeRound(round: number): Promise<void> {
    const { databases, judge } = this.lab;
    const world = { databases, judge, database: DATABASE, account: DATABASE };
    const violations: Violation[] = [];
    try {
      await this.allReady();
      const talking = await comeToRest(world, REST);
      await Promise.all(talking.map((root) => this.load.hangup(root)));
      const left = await comeToRest(world, REST);
      violations.push(
        ...left.map((root) => ({ invariant: 'I3', text: `tree ${root} talks on after its hangup` })),
      );
    } catch (error) {
      // What does not come to rest is a leak of some kind; the records say more.
      violations.push({ invariant: 'I3', text: `does not come to rest: ${(error as Error).message}` });
      this.report.restless = true;
    }
    violations.push(...(await residue(this.lab, this.slots, DATABASE)));
    violations.push(...this.mischief.complaints.splice(0).map((text) => ({ invariant: 'I19', text })));
    violations.push(...this.load.complaints.splice(0).map((text) => ({ invariant: 'I17', text })));
    const records = await collect(world, this.load.takeRecords(), { liveLegs: LIVE_LEGS });
    const verdict = check(records);
    this.tell(round, records, verdict, violations);
  }

  private tell(round: number, records: Records, verdict: Verdict, more: Violation[]): void {
    this.report.add(verdict, more, records);
    const { violations } = verdict;
    const legs = [...records.trees.values()].reduce(
      (sum, versions) => sum + versions[versions.length - 1].legs.length,
      0,
    );
    console.log(
      `round ${round}: ${this.kills} kills so far, ${records.trees.size} groupcalls, ${legs} legs, ${violations.length + more.length} violations`,
    );
    for (const { invariant, text } of [...more, ...violations].slice(0, 12))
      console.log(`  ${invariant}: ${text}`);
  }

  private async allReady(): Promise<void> {
    await eventually(
      () => {
        const absent = this.slots.find((slot) => !slot.isReady);
        if (absent) throw new Error(`server ${absent.index} does not come up:\n${this.lab.logTail()}`);
      },
      { timeout: 30_000, interval: 50 },
    );
  }

  private async shutDown(): Promise<void> {
    for (const slot of this.slots) {
      const exit = await slot.close(SHUTDOWN);
      if (exit?.code === 0) continue;
      const end = exit ? `ended with ${exit.code ?? exit.signal}` : `did not end within ${SHUTDOWN} ms`;
      this.report.fail({ invariant: 'I19', text: `the shutdown of server ${slot.index} ${end}` });
    }
  }
}
