import { Child } from '../lab/child.js';
import { quantile } from '../load/latencies.js';
import type { AlarmRequest, AlarmSample } from '../process/protocol.js';
import { median } from '../load/latencies.js';
import { ratio } from '../report/verdict.js';
import type { Findings, Lab } from './section.js';
import { shown } from './throughput.js';

const LEGS = 10;
const ENGINE = 'groupcall';
const ENGINE_ON_POSTGRES = 'groupcall, alarms in PostgreSQL';
const BARE = 'bare BullMQ, one delayed job per groupcall';

/** How late a phone stops ringing after its time has run out, beside what the queue alone would do. */
export async function measureAlarms(lab: Lab): Promise<Findings> {
  const { settings, postgres, redisUrl } = lab;
  const request: AlarmRequest = { trees: settings.alarmTrees, legs: LEGS, ...settings.ringTimes };
  const samples = new Map<string, AlarmSample[]>();
  const children: Child[] = [];
  try {
    const engines = [
      ...(redisUrl ? [[ENGINE, () => ({ backend: 'redis', url: redisUrl })] as const] : []),
      // A quick run has time for one of the two.
      ...(redisUrl && settings.quick
        ? []
        : [[ENGINE_ON_POSTGRES, (url: string) => ({ backend: 'postgres', url })] as const]),
    ];
    const ask = new Map<string, () => Promise<AlarmSample>>();
    for (const [label, queue] of engines) {
      const databaseUrl = await postgres.createDatabase(`alarms_${children.length}`);
      const child = Child.start(label);
      children.push(child);
      await child.ask('start', { name: 'groupcall', options: { databaseUrl, queue: queue(databaseUrl) } });
      ask.set(label, () => child.ask('engineAlarms', request));
    }
    if (redisUrl) {
      const bare = Child.start(BARE);
      children.push(bare);
      ask.set(BARE, () => bare.ask('bareAlarms', { redisUrl, request }));
    }
    for (let round = 1; round <= settings.rounds; round += 1) {
      for (const [label, question] of ask) {
        lab.say(`alarms, round ${round} of ${settings.rounds}: ${label}`);
        samples.set(label, [...(samples.get(label) ?? []), await question()]);
      }
    }
  } finally {
    await Promise.all(children.map((child) => child.stop()));
  }
  const of = (label: string, share: number) =>
    median((samples.get(label) ?? []).map(({ lateness }) => quantile(lateness, share)));
  const operations = (label: string) =>
    median((samples.get(label) ?? []).map((sample) => sample.queueOperations / sample.legs));
  const missing = [...samples.values()]
    .flat()
    .flatMap(({ lateness }) => lateness.filter((ms) => ms === Infinity));
  const noRedis = 'there is no Redis here to compare with';
  return {
    title: 'Alarms',
    head: ['alarms', 'late p50 ms', 'p99 ms', 'queue operations per leg'],
    rows: [...samples.keys()].map((label) => [
      label,
      shown(of(label, 0.5)),
      shown(of(label, 0.99)),
      shown(operations(label)),
    ]),
    ratios: [
      ratio(
        'alarm lateness p99 ÷ bare BullMQ delayed job',
        of(ENGINE, 0.99) / of(BARE, 0.99),
        { most: 0.5 },
        noRedis,
      ),
      ratio('queue operations per leg', operations(redisUrl ? ENGINE : ENGINE_ON_POSTGRES), { most: 0.1 }),
      ratio('alarms that never came', missing.length, { most: 0 }),
    ],
    data: Object.fromEntries(
      [...samples.keys()].map((label) => [
        label,
        { p50: of(label, 0.5), p99: of(label, 0.99), queueOperationsPerLeg: operations(label) },
      ]),
    ),
  };
}
