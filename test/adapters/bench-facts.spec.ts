import pg from 'pg';
import { runGroupcallMigrations } from '@groupcall/groupcall/typeorm';
import { start as startBareEngine } from '../../bench/contenders/bare-engine.js';
import type { Contender, ContenderOptions } from '../../bench/contenders/contender.js';
import { openDataSource } from '../../bench/contenders/data-source.js';
import { Floor } from '../../bench/contenders/floor.js';
import { start as startGroupcall } from '../../bench/contenders/groupcall.js';
import { Driver } from '../../bench/load/driver.js';
import type { Shape } from '../../bench/load/shape.js';
import { SHARED_LENGTH } from '../../libs/groupcall/src/domain/member-id.js';
import { createTestDatabase } from '../support/postgres.js';

const SHAPE: Shape = { ring: 'ring_all', legs: 10 };
/** Another in every life, or a matter of which commands came in one turn. */
const BY_CHANCE = /^(tm_.*|dial_deadline|version|event_sequence|members)$/;

describe('Whoever is compared on our tables in the bench', () => {
  it('writes the same facts as the engine', async () => {
    const groupcall = await factsAfter((url) => oneLife(startGroupcall, url));
    expect(groupcall.legs).toHaveLength(10);
    expect(await factsAfter((url) => oneLife(startBareEngine, url))).toEqual(groupcall);
    expect(await factsAfter(fullGroups)).toEqual(groupcall);
  });
});

async function oneLife(
  start: (options: ContenderOptions, driver: Driver) => Promise<Contender>,
  databaseUrl: string,
): Promise<void> {
  const driver = new Driver();
  const contender = await start({ databaseUrl, queue: { backend: 'postgres', url: databaseUrl } }, driver);
  driver.engine = contender;
  await driver.lifecycle(SHAPE);
  await contender.settle();
  await contender.close();
}

async function fullGroups(databaseUrl: string): Promise<void> {
  const floor = await Floor.open(databaseUrl);
  await floor.run(SHAPE, 0);
  await floor.close();
}

/** What one tree is in the end, and what is left besides. */
async function factsAfter(work: (databaseUrl: string) => Promise<void>) {
  const database = await createTestDatabase();
  const client = new pg.Client({ connectionString: database.url });
  try {
    const source = await openDataSource(database.url);
    await runGroupcallMigrations(source);
    await source.destroy();
    await work(database.url);
    await client.connect();
    const all = async (text: string) => (await client.query<Record<string, unknown>>(text)).rows;
    const [tree] = await all('SELECT * FROM groupcall_tree ORDER BY root_id LIMIT 1');
    const rootId = String(tree.root_id);
    const of = (table: string) => all(`SELECT * FROM ${table} WHERE root_id = '${rootId}' ORDER BY ordinal`);
    const told = (row: object) => withoutChance(row, rootId);
    return {
      tree: told(tree),
      groupcalls: (await of('groupcall')).map(told),
      legs: (await of('groupcall_leg')).map(told),
      left: await all('SELECT root_id FROM groupcall_bundle UNION ALL SELECT root_id FROM groupcall_outbox'),
      customers: await all('SELECT customer_id, live_legs FROM groupcall_customer'),
    };
  } finally {
    await client.end();
    await database.drop();
  }
}

/** Members are told by their numbers; the source's name is the life's. */
function withoutChance(row: object, rootId: string): unknown {
  const told = Object.entries(row)
    .filter(([column]) => !BY_CHANCE.test(column))
    .map(([column, value]) => [column, column === 'source' ? { ...(value as object), name: '' } : value]);
  return JSON.parse(JSON.stringify(Object.fromEntries(told)).replaceAll(rootId.slice(0, SHARED_LENGTH), ''));
}
