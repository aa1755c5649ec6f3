import { Child } from '../lab/child.js';
import { deadlocks } from '../lab/deadlocks.js';
import type { ProcessSample, ThroughputRequest } from '../process/protocol.js';
import { statOf, type Stat } from '../report/stats.js';
import { ratio } from '../report/verdict.js';
import type { Findings, Lab } from './section.js';
import { shown } from './throughput.js';

const MOST = 3;

interface Doubles {
  readonly lives: number;
  readonly perSecond: number;
  readonly wrongWinners: number;
  readonly deadlocks: number;
}

/** One, two and three processes on one database, any command to any of them; then answers that come in pairs. */
export async function measureProcesses(lab: Lab): Promise<Findings> {
  const perSecond = new Map<number, number[]>();
  let doubles: Doubles | undefined;
  for (const count of lab.settings.processes) {
    lab.say(`${count} processes, commands anywhere`);
    const group = await ProcessGroup.start(lab, count);
    try {
      await group.run({ shape: { ring: 'ring_all', legs: 10 }, ms: 500 });
      for (let round = 0; round < lab.settings.rounds; round += 1) {
        const { lives, ms } = await group.run({
          shape: { ring: 'ring_all', legs: 10 },
          ms: lab.settings.sampleMs,
        });
        perSecond.set(count, [...(perSecond.get(count) ?? []), (lives / ms) * 1_000]);
      }
      if (count === MOST) doubles = await doubleAnswers(lab, group);
    } finally {
      await group.stop();
    }
  }
  const stats = [...perSecond].map(([count, values]) => [count, statOf(values)] as const);
  const medianOf = (count: number) => stats.find(([one]) => one === count)![1].median;
  return {
    title: 'Processes',
    head: ['processes, commands anywhere', 'lifecycles/s', 'least–most'],
    rows: [
      ...stats.map(([count, stat]) => [String(count), shown(stat.median), spreadOf(stat)]),
      [`${shown(doubles!.lives)} double answers on ${MOST}`, shown(doubles!.perSecond), '–'],
    ],
    ratios: [
      ratio('3 processes, commands anywhere ÷ 1 process', medianOf(MOST) / medianOf(1), { least: 0.5 }),
      ratio(
        `groupcalls without exactly one winner, of ${doubles!.lives} double answers`,
        doubles!.wrongWinners,
        { most: 0 },
      ),
      ratio('deadlocks meanwhile', doubles!.deadlocks, { most: 0 }),
    ],
    data: { lifecyclesPerSecond: Object.fromEntries(stats), doubleAnswers: doubles },
  };
}

async function doubleAnswers(lab: Lab, group: ProcessGroup): Promise<Doubles> {
  const before = await deadlocks(lab.postgres.admin);
  const shape = { ring: 'ring_all' as const, legs: 2, doubleAnswer: true };
  const sum = { lives: 0, ms: 0, wrongWinners: 0 };
  // A machine on which it would take for ever does fewer, and says so.
  const end = performance.now() + 300_000;
  while (sum.lives < lab.settings.doubleAnswers && performance.now() < end) {
    const { lives, ms, wrongWinners } = await group.run({ shape, ms: lab.settings.sampleMs });
    sum.lives += lives;
    sum.ms += ms;
    sum.wrongWinners += wrongWinners;
    lab.say(`${sum.lives} of ${lab.settings.doubleAnswers} double answers`);
  }
  const perSecond = (sum.lives / sum.ms) * 1_000;
  return { ...sum, perSecond, deadlocks: (await deadlocks(lab.postgres.admin)) - before };
}

class ProcessGroup {
  private constructor(private readonly children: readonly Child[]) {}

  static async start({ postgres, redisUrl }: Lab, count: number): Promise<ProcessGroup> {
    const databaseUrl = await postgres.createDatabase(`processes_${count}`);
    const queue = redisUrl ? { backend: 'redis', url: redisUrl } : { backend: 'postgres', url: databaseUrl };
    const children = Array.from({ length: count }, (_, index) =>
      Child.start(`process ${index + 1} of ${count}`),
    );
    const group = new ProcessGroup(children);
    try {
      const options = { databaseUrl, queue };
      await Promise.all(children.map((child) => child.ask('start', { name: 'groupcall', options })));
      const ports = await Promise.all(children.map((child) => child.ask<number>('listen')));
      await Promise.all(children.map((child, me) => child.ask('join', { ports, me })));
      return group;
    } catch (error) {
      await group.stop();
      throw error;
    }
  }

  async run(request: ThroughputRequest): Promise<Pick<ProcessSample, 'lives' | 'ms' | 'wrongWinners'>> {
    const samples = await Promise.all(this.children.map((child) => child.ask<ProcessSample>('run', request)));
    return {
      lives: samples.reduce((sum, one) => sum + one.lives, 0),
      ms: Math.max(...samples.map((one) => one.ms)),
      wrongWinners: samples.reduce((sum, one) => sum + one.wrongWinners, 0),
    };
  }

  async stop(): Promise<void> {
    await Promise.all(this.children.map((child) => child.stop()));
  }
}

const spreadOf = (stat: Stat): string => `${shown(stat.least)}–${shown(stat.most)}`;
