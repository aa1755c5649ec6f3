import { Child } from '../lab/child.js';
import { postAgainAndAgain } from '../load/http-load.js';
import { requestFor } from '../load/shape.js';
import type { HttpHostAddress } from '../process/protocol.js';
import { statOf } from '../report/stats.js';
import { ratio } from '../report/verdict.js';
import { prepareDatabase } from '../../apps/api/src/boot/prepare-database.js';
import type { Findings, Lab } from './section.js';
import { shown } from './throughput.js';

/** More than two commits take, so that the next one always has enough to do. */
const CONNECTIONS = 128;
/** A machine on which the warm-up would take for ever is warm after this, ms. */
const MOST_WARM_UP = 20_000;
const REAL = 'POST /groupcalls, 10 destinations';
const EMPTY = 'empty Nest POST, same body, same adapter';

/** The whole create path – token, checks, command, commit, reply – beside a Nest route that does nothing. */
export async function measureHttp(lab: Lab): Promise<Findings> {
  const databaseUrl = await lab.postgres.createDatabase('http');
  await prepareDatabase(databaseUrl);
  const { source, destinations, dialTimeout } = requestFor({ ring: 'ring_all', legs: 10 }, 'Reception');
  const body = { source, destinations, dial_timeout: dialTimeout };
  const hosts = [
    { label: REAL, child: Child.start('http'), what: { databaseUrl, redisUrl: lab.redisUrl } },
    { label: EMPTY, child: Child.start('empty'), what: { empty: true } },
  ];
  const perSecond = new Map<string, number[]>();
  const cpu = new Map<string, number[]>();
  try {
    await Promise.all(hosts.map(({ child, what }) => child.ask('serve', what)));
    const addresses = await Promise.all(hosts.map(({ child }) => child.ask<HttpHostAddress>('address')));
    for (const [index, { label }] of hosts.entries()) {
      lab.say(`HTTP, warming up: ${label}`);
      const end = performance.now() + MOST_WARM_UP;
      for (let sent = 0; sent < lab.settings.httpWarmUp && performance.now() < end;) {
        sent += (await postAgainAndAgain(addresses[index], body, CONNECTIONS, 500)).requests;
      }
    }
    for (let round = 1; round <= lab.settings.rounds; round += 1) {
      for (const [index, { label, child }] of hosts.entries()) {
        lab.say(`HTTP, round ${round} of ${lab.settings.rounds}: ${label}`);
        const before = await child.ask<number>('cpu');
        const { requests, ms } = await postAgainAndAgain(
          addresses[index],
          body,
          CONNECTIONS,
          lab.settings.sampleMs,
        );
        const spent = (await child.ask<number>('cpu')) - before;
        perSecond.set(label, [...(perSecond.get(label) ?? []), (requests / ms) * 1_000]);
        cpu.set(label, [...(cpu.get(label) ?? []), spent / requests]);
      }
    }
  } finally {
    await Promise.all(hosts.map(({ child }) => child.stop()));
  }
  const stats = hosts.map(({ label }) => ({
    label,
    perSecond: statOf(perSecond.get(label)!),
    cpu: statOf(cpu.get(label)!),
  }));
  return {
    title: 'HTTP',
    head: ['HTTP', 'requests/s', 'least–most', 'Node CPU ms'],
    rows: stats.map((one) => [
      one.label,
      shown(one.perSecond.median),
      `${shown(one.perSecond.least)}–${shown(one.perSecond.most)}`,
      shown(one.cpu.median),
    ]),
    ratios: [
      ratio(
        'HTTP POST /groupcalls ÷ empty Nest POST',
        stats[0].perSecond.median / stats[1].perSecond.median,
        { least: 0.5 },
      ),
    ],
    data: Object.fromEntries(stats.map(({ label, ...rest }) => [label, rest])),
  };
}
