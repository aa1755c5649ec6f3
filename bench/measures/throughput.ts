import { deadlocks } from '../lab/deadlocks.js';
import { Team, type Member, type Sample } from '../lab/team.js';
import { quantile } from '../load/latencies.js';
import { statOf, type Stat } from '../report/stats.js';
import { ratio, type Ratio } from '../report/verdict.js';
import type { Findings, Lab } from './section.js';
import {
  BARE,
  FLOOR,
  GROUPCALL,
  GROUPCALL_ON_POSTGRES,
  HUNDRED,
  LOW,
  REFERENCE,
  SATURATION,
  THOUSAND,
  TRANSACTION,
  WORKLOADS,
  workloadsOf,
  type Workload,
} from './workloads.js';

/** The figures of one contender in one workload. */
export interface Figures {
  readonly livesPerSecond: Stat;
  readonly commandsPerSecond: Stat;
  /** Node and PostgreSQL together, ms of CPU time; null when PostgreSQL's cannot be read. */
  readonly cpuPerLife: Stat | null;
  readonly nodeCpuPerLife: Stat;
  readonly cpuPerLeg: Stat | null;
  readonly queriesPerCommand: Stat;
  readonly queriesPerLife: Stat;
  readonly walPerLife: Stat;
  readonly answerToHangupP50: Stat | null;
  readonly answerToHangupP99: Stat | null;
  readonly eventLoopDelayP99: Stat;
  readonly rss: Stat;
}

export type Results = Map<string, Map<string, Figures>>;

export async function measureThroughput(lab: Lab): Promise<Findings & { results: Results }> {
  const samples = await interleaved(lab);
  const locked = await deadlocks(lab.postgres.admin);
  const results: Results = new Map();
  for (const { name, shape, members } of workloadsOf(lab.settings)) {
    const figures = new Map<string, Figures>();
    for (const label of members) {
      const own = samples.get(`${name}/${label}`);
      if (own) figures.set(label, figuresOf(own, shape.legs));
    }
    results.set(name, figures);
  }
  return {
    title: 'Throughput',
    ...tableOf(results),
    ratios: [...ratiosOf(results), ratio('deadlocks in all of these', locked, { most: 0 })],
    data: dataOf(results),
    results,
  };
}

async function interleaved(lab: Lab): Promise<Map<string, Sample[]>> {
  const team = new Team(lab.postgres);
  const samples = new Map<string, Sample[]>();
  const workloads = workloadsOf(lab.settings);
  const labels = new Set(workloads.flatMap(({ members }) => members));
  try {
    await team.start(membersOf(lab).filter(({ label }) => labels.has(label)));
    // What is compiled, prepared and connected only once is not what is asked for.
    for (const label of labels) {
      const isSlow = label === TRANSACTION || label === REFERENCE;
      lab.say(`warming up: ${label}`);
      await team.run(label, { shape: WORKLOADS[0].shape, ms: isSlow ? 300 : lab.settings.warmUpMs });
    }
    for (let round = 1; round <= lab.settings.rounds; round += 1) {
      lab.say(`round ${round} of ${lab.settings.rounds}: vacuum`);
      await team.vacuum();
      for (const workload of workloads) {
        for (const label of workload.members) {
          lab.say(`round ${round} of ${lab.settings.rounds}: ${workload.name}: ${label}`);
          const sample = await team.run(label, requestOf(workload, lab));
          const key = `${workload.name}/${label}`;
          samples.set(key, [...(samples.get(key) ?? []), sample]);
        }
      }
    }
  } finally {
    await team.stop();
  }
  return samples;
}

function membersOf({ redisUrl }: Lab): Member[] {
  const onPostgres = (url: string) => ({ backend: 'postgres' as const, url });
  const usual = redisUrl ? () => ({ backend: 'redis' as const, url: redisUrl }) : onPostgres;
  return [
    { label: GROUPCALL, name: 'groupcall', queue: usual },
    { label: GROUPCALL_ON_POSTGRES, name: 'groupcall', queue: onPostgres },
    { label: BARE, name: 'bare', queue: usual },
    { label: REFERENCE, name: 'reference', queue: usual },
    { label: TRANSACTION, name: 'transaction', queue: usual },
    { label: FLOOR, name: 'floor', queue: usual },
  ];
}

function requestOf({ shape, pace }: Workload, { settings }: Lab) {
  const slow = pace !== undefined && 'perSecond' in pace && pace.perSecond <= 10;
  return { shape, pace, ms: slow ? settings.lowLoadMs : settings.sampleMs };
}

function figuresOf(samples: readonly Sample[], legs: number): Figures {
  const each = (of: (sample: Sample) => number) => statOf(samples.map(of));
  const cpu = (sample: Sample) => (sample.cpu + sample.postgresCpu!) / sample.lives;
  const hasCpu = samples.every(({ postgresCpu }) => postgresCpu !== null);
  const latencies = samples.some((sample) => sample.latencies.length > 0);
  return {
    livesPerSecond: each((sample) => (sample.lives / sample.ms) * 1_000),
    commandsPerSecond: each((sample) => (sample.commands / sample.ms) * 1_000),
    cpuPerLife: hasCpu ? each(cpu) : null,
    nodeCpuPerLife: each((sample) => sample.cpu / sample.lives),
    cpuPerLeg: hasCpu ? each((sample) => cpu(sample) / legs) : null,
    queriesPerCommand: each((sample) => sample.queries / sample.commands),
    queriesPerLife: each((sample) => sample.queries / sample.lives),
    walPerLife: each((sample) => sample.wal / sample.lives),
    answerToHangupP50: latencies ? each((sample) => quantile(sample.latencies, 0.5)) : null,
    answerToHangupP99: latencies ? each((sample) => quantile(sample.latencies, 0.99)) : null,
    eventLoopDelayP99: each((sample) => sample.eventLoopDelay),
    rss: each((sample) => sample.rss),
  };
}

function ratiosOf(results: Results): Ratio[] {
  const at = (workload: string, label: string) => results.get(workload)!.get(label)!;
  const quotient = (a: Stat | null | undefined, b: Stat | null | undefined) =>
    a && b ? a.median / b.median : null;
  const ours = at(SATURATION, GROUPCALL);
  const reference = at(SATURATION, REFERENCE);
  const noCpu = 'the CPU time of PostgreSQL cannot be read here';
  return [
    ratio(
      'lifecycles/s at saturation ÷ reference style',
      quotient(ours.livesPerSecond, reference.livesPerSecond),
      { least: 40 },
    ),
    ratio(
      'CPU per lifecycle, reference style ÷ ours',
      quotient(reference.cpuPerLife, ours.cpuPerLife),
      { least: 60 },
      noCpu,
    ),
    ratio(
      'CPU per lifecycle ÷ hand-pipelined floor',
      quotient(ours.cpuPerLife, at(SATURATION, FLOOR).cpuPerLife),
      { most: 1.5 },
      noCpu,
    ),
    ratio('SQL round trips per command at saturation', ours.queriesPerCommand.median, { most: 0.01 }),
    ratio('SQL round trips per command at 10/s', at(LOW, GROUPCALL).queriesPerCommand.median, { most: 1 }),
    ratio(
      'CPU per leg at 100 legs ÷ at 10',
      quotient(at(HUNDRED, GROUPCALL).cpuPerLeg, ours.cpuPerLeg),
      { most: 1.3 },
      noCpu,
    ),
    ratio(
      'CPU per leg at 1,000 legs ÷ at 10',
      quotient(at(THOUSAND, GROUPCALL).cpuPerLeg, ours.cpuPerLeg),
      { most: 1.3 },
      noCpu,
    ),
    ratio(
      'answer → hangup handed over, p50 at 10/s ÷ reference style',
      quotient(at(LOW, GROUPCALL).answerToHangupP50, at(LOW, REFERENCE).answerToHangupP50),
      { most: 0.5 },
    ),
  ];
}

function tableOf(results: Results): Pick<Findings, 'head' | 'rows'> {
  const head = [
    'workload, contender',
    'lifecycles/s',
    'least–most',
    'commands/s',
    'CPU ms',
    'Node',
    'trips/command',
    'WAL KB',
    'p50 ms',
    'p99 ms',
    'loop p99 ms',
    'RSS MB',
  ];
  const rows: string[][] = [];
  for (const [workload, figures] of results) {
    for (const [label, f] of figures) {
      rows.push([
        `${workload}: ${label}`,
        shown(f.livesPerSecond.median),
        `${shown(f.livesPerSecond.least)}–${shown(f.livesPerSecond.most)}`,
        shown(f.commandsPerSecond.median),
        shown(f.cpuPerLife?.median),
        shown(f.nodeCpuPerLife.median),
        shown(f.queriesPerCommand.median),
        shown(f.walPerLife.median / 1_024),
        shown(f.answerToHangupP50?.median),
        shown(f.answerToHangupP99?.median),
        shown(f.eventLoopDelayP99.median),
        shown(f.rss.median / 1e6),
      ]);
    }
  }
  return { head, rows };
}

/** Three digits that count. */
export function shown(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return String(Number(value.toPrecision(3)));
}

function dataOf(results: Results): unknown {
  return Object.fromEntries([...results].map(([name, figures]) => [name, Object.fromEntries(figures)]));
}
