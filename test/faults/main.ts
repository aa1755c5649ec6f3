import { parseArgs } from 'node:util';
import { runCases } from './cases/run-cases.js';
import { testChecker } from './checker/self-test.js';
import { KillLoop } from './kill-loop/kill-loop.js';
import { DATABASES, type DatabaseKind } from './world/database-server.js';
import { Laboratory } from './world/laboratory.js';

const USAGE = `npm run chaos -- [--kills 300] [--seed n] [--minutes m] [--least n] [--calm s]   servers die under load, over and over
npm run chaos -- --failpoints [--only F7/hang/linear] [--minutes m --least n]     every failpoint, action and ring shape
Without an option: both. --database mariadb: on MariaDB instead of PostgreSQL. --keep keeps the folder with all logs.`;

const { values } = parseArgs({
  options: {
    kills: { type: 'string' },
    round: { type: 'string', default: '30' },
    seed: { type: 'string' },
    calm: { type: 'string', default: '0' },
    minutes: { type: 'string' },
    least: { type: 'string' },
    database: { type: 'string', default: 'postgres' },
    failpoints: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

function number(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0)
    throw new Error(`--${name} must be a number, and is "${text}".\n${USAGE}`);
  return value;
}

function databaseKind(text: string): DatabaseKind {
  const found = DATABASES.find((kind) => kind === text);
  if (!found) throw new Error(`--database must be one of ${DATABASES.join(', ')}, and is "${text}".`);
  return found;
}

async function main(): Promise<boolean> {
  const database = databaseKind(values.database);
  const seed =
    values.seed === undefined ? Math.floor(performance.timeOrigin) % 1_000_000 : number('seed', values.seed);
  const both = !values.failpoints && values.kills === undefined;
  const kills = values.failpoints && values.kills === undefined ? 0 : number('kills', values.kills ?? '300');
  console.log(`seed ${seed}; the checker finds all of ${testChecker()} ways to be wrong`);
  const lab = await Laboratory.open(seed, 2, database);
  let failed = 0;
  let passed = 0;
  const end = () => void lab.close(values.keep).then(() => process.exit(1));
  process.on('SIGTERM', end);
  process.on('disconnect', end);
  try {
    if (kills > 0) {
      const limit = number('minutes', values.minutes ?? '12') * 60_000;
      const least = number('least', values.least ?? String(kills));
      const killsPerRound = number('round', values.round);
      const calm = number('calm', values.calm) * 1_000;
      const report = await new KillLoop(lab, { kills, killsPerRound, seed, limit, least, calm }).run();
      report.print();
      passed += report.passed;
      failed += report.failed;
    }
    if (values.failpoints || both) {
      const limit = values.minutes === undefined ? Infinity : number('minutes', values.minutes) * 60_000;
      const least = values.least === undefined ? Infinity : number('least', values.least);
      const outcome = await runCases(lab, values.only, { seed, limit, least });
      passed += outcome.passed;
      failed += outcome.failed;
    }
  } catch (error) {
    failed += 1;
    console.log(error instanceof Error ? error.stack : String(error));
    console.log(lab.logTail());
  } finally {
    await lab.close(values.keep || failed > 0);
    if (values.keep || failed > 0) console.log(`logs are in ${lab.folder}`);
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0;
}

if (values.help) console.log(USAGE);
else process.exit((await main()) ? 0 : 1);
