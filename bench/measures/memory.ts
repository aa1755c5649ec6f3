import { Child } from '../lab/child.js';
import { median } from '../load/latencies.js';
import type { ProcessSample } from '../process/protocol.js';
import { rounded } from '../report/stats.js';
import { ratio } from '../report/verdict.js';
import type { Findings, Lab } from './section.js';
import { shown } from './throughput.js';

const LEGS = 10;
const PER_SECOND = 500;
/** A young process takes memory until its heap has found its size; that is no growth, ms. */
const YOUTH = 6_000;
/** The memory is looked at so often. */
const LOOKS = 10;

/** What a tree costs that rings and is kept in memory, and whether a server at 500 groupcalls/s grows. */
export async function measureMemory(lab: Lab): Promise<Findings> {
  const databaseUrl = await lab.postgres.createDatabase('memory');
  const queue = lab.redisUrl
    ? { backend: 'redis', url: lab.redisUrl }
    : { backend: 'postgres', url: databaseUrl };
  const options = { databaseUrl, queue };
  const [resident, soaked] = [Child.start('memory', ['--expose-gc']), Child.start('soak')];
  try {
    lab.say('memory of ringing trees');
    await resident.ask('start', { name: 'groupcall', options });
    const bytes = await resident.ask<number>('memory', { trees: lab.settings.residentTrees, legs: LEGS });
    await resident.stop();
    await soaked.ask('start', { name: 'groupcall', options });
    const rss: number[] = [];
    const lives: number[] = [];
    const come = (ms: number) =>
      soaked.ask<ProcessSample>('run', {
        shape: { ring: 'ring_all', legs: LEGS },
        pace: { perSecond: PER_SECOND },
        ms,
      });
    await come(YOUTH);
    for (let look = 1; look <= LOOKS; look += 1) {
      lab.say(`memory at ${PER_SECOND}/s, ${look} of ${LOOKS}`);
      const sample = await come((lab.settings.soak * 1_000) / LOOKS);
      rss.push(sample.rss);
      lives.push((sample.lives / sample.ms) * 1_000);
    }
    const half = LOOKS / 2;
    const growth = median(rss.slice(half)) / median(rss.slice(0, half));
    return {
      title: 'Memory',
      head: ['memory', 'figure'],
      rows: [
        [`a tree of ${LEGS} ringing legs, kept in memory, KB`, shown(bytes / 1_024)],
        [
          `RSS at ${shown(median(lives))}/s for ${lab.settings.soak} s, MB: least`,
          shown(Math.min(...rss) / 1e6),
        ],
        ['RSS, MB: most', shown(Math.max(...rss) / 1e6)],
      ],
      ratios: [
        ratio('memory per resident tree of 10 legs, KB', bytes / 1_024, { most: 4 }),
        ratio(`RSS at ${PER_SECOND}/s over ${lab.settings.soak} s, second half ÷ first half`, growth, {
          most: 1.15,
        }),
      ],
      data: {
        bytesPerTree: rounded(bytes),
        rss,
        livesPerSecond: lives.map(rounded),
        soakSeconds: lab.settings.soak,
      },
    };
  } finally {
    await Promise.all([resident.stop(), soaked.stop()]);
  }
}
