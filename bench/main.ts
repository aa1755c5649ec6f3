import { isAnswering } from '../test/support/is-answering.js';
import { Child } from './lab/child.js';
import { openPostgres } from './lab/postgres.js';
import { calibration, machine } from './lab/machine.js';
import { measureAlarms } from './measures/alarms.js';
import { measureHttp } from './measures/http.js';
import { measureMemory } from './measures/memory.js';
import { measureProcesses } from './measures/processes.js';
import type { Findings, Lab } from './measures/section.js';
import { measureThroughput, type Results } from './measures/throughput.js';
import { table } from './report/table.js';
import { isReached, RATIO_HEAD, ratioRows, wantedText } from './report/verdict.js';
import { writeReport } from './report/write.js';
import { benchSettings, SECTIONS } from './settings.js';

/**
 * Measures, prints, and writes the report into `folder`. A run of some sections only writes nothing.
 * @param interruption aborted: everything that was started is ended, and nothing written
 * @returns whether every figure was reached
 */
export async function bench(
  args: readonly string[],
  folder: string,
  interruption: AbortSignal,
): Promise<boolean> {
  const settings = benchSettings(args);
  const start = performance.now();
  const facts = { ...machine(), calibrationMs: [calibration()] };
  const postgres = await openPostgres();
  const lab: Lab = { postgres, redisUrl: await redis(), settings, say };
  const findings: Findings[] = [];
  const failed: string[] = [];
  let results: Results | undefined;
  interruption.addEventListener('abort', () => Child.endAll());
  try {
    for (const section of settings.only ?? SECTIONS) {
      if (interruption.aborted) break;
      // One that fails is a figure that was not reached; the others are still worth their time.
      const found = await MEASURES[section as keyof typeof MEASURES](lab).catch((error: unknown) => {
        say(`${section} could not be measured: ${error instanceof Error ? error.message : String(error)}`);
        failed.push(section);
      });
      if (!found) continue;
      findings.push(found);
      if ('results' in found) results = found.results as Results;
      print(table(found.head, found.rows));
    }
  } finally {
    await postgres.stop();
  }
  if (interruption.aborted) {
    say('interrupted, nothing is written');
    return false;
  }
  facts.calibrationMs.push(calibration());
  const ratios = findings.flatMap((one) => one.ratios);
  print(table(RATIO_HEAD, ratioRows(ratios)));
  const whole = {
    ...facts,
    quick: settings.quick,
    rounds: settings.rounds,
    seconds: Math.round((performance.now() - start) / 1_000),
    postgres: {
      version: postgres.version,
      own: postgres.own,
      ...postgres.settings,
      cpuMeasured: postgres.cpu.what,
    },
    redis: lab.redisUrl !== null,
  };
  print(JSON.stringify(whole));
  if (!settings.only && failed.length === 0)
    await writeReport(folder, { facts: whole, findings, ratios }, results);
  const missed = ratios.filter((one) => !isReached(one));
  for (const one of missed) print(`MISSED: ${one.figure}: ${one.value}, wanted ${wantedText(one)}`);
  for (const section of failed) print(`MISSED: everything about ${section}: it could not be measured`);
  return missed.length + failed.length === 0;
}

const MEASURES = {
  throughput: measureThroughput,
  processes: measureProcesses,
  alarms: measureAlarms,
  http: measureHttp,
  memory: measureMemory,
};

/** `BENCH_REDIS_URL`, or the usual place; null when nobody answers there. */
async function redis(): Promise<string | null> {
  const url = process.env.BENCH_REDIS_URL ?? 'redis://127.0.0.1:6379';
  return (await isAnswering(url, 'PING\r\n')) ? url : null;
}

const print = (text: string) => void process.stdout.write(`\n${text}\n`);
const say = (line: string) => void process.stderr.write(`bench: ${line}\n`);
