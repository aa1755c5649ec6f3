import { groupcallEntities, groupcallMigrations, runGroupcallMigrations } from '@groupcall/groupcall/typeorm';
import { Column, DataSource, Entity, PrimaryGeneratedColumn, type QueryRunner } from 'typeorm';
import { createMariaDbDatabase } from '../support/mariadb.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { describeWithMariaDb } from '../support/servers.js';
import { describeStorageContracts } from './storage/contracts.js';
import { mariaDbSource, postgresSource } from './storage/sources.js';
import { TwoProcesses } from './storage/two-processes.js';

const VOICE = { schema: 'voice', tablePrefix: 'gc_' };

describeStorageContracts('PostgreSQL in a schema and with a prefix', async () =>
  TwoProcesses.on(await createTestDatabase(), postgresSource, VOICE),
);

describeWithMariaDb('Storage', () =>
  describeStorageContracts('MariaDB in another database and with a prefix', async () => {
    // The connection's own database is an old one: nothing may depend on the character set that it has by default.
    const [home, away] = [await createMariaDbDatabase('latin1'), await createMariaDbDatabase()];
    await away.drop();
    const drop = () => Promise.all([home.drop(), away.drop()]).then(() => undefined);
    return TwoProcesses.on({ ...home, drop }, mariaDbSource, { schema: away.name, tablePrefix: 'gc_' });
  }),
);

@Entity('invoice')
class Invoice {
  @PrimaryGeneratedColumn() id!: number;
  @Column('int') amount!: number;
}

class CreateInvoice1700000000000 {
  readonly name = 'CreateInvoice1700000000000';
  up = (runner: QueryRunner) =>
    runner.query('CREATE TABLE "invoice" ("id" SERIAL PRIMARY KEY, "amount" integer NOT NULL)');
  down = (runner: QueryRunner) => runner.query('DROP TABLE "invoice"');
}

describe('A host with tables of its own', () => {
  let database: TestDatabase;
  let source: DataSource;
  const open = async (place: object, options: object = {}) => {
    source = await new DataSource({
      type: 'postgres',
      url: database.url,
      entities: [Invoice, ...groupcallEntities(place)],
      migrations: [CreateInvoice1700000000000, ...groupcallMigrations(place)],
      ...options,
    }).initialize();
    await runGroupcallMigrations(source);
  };
  const tables = async () =>
    (
      await source.query<{ name: string }[]>(
        `SELECT table_schema || '.' || table_name AS name FROM information_schema.tables
         WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`,
      )
    ).map(({ name }) => name);

  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(async () => {
    await source.destroy();
    await database.drop();
  });

  it('finds ours where it wants them, and its own where they were', async () => {
    await open(VOICE);
    expect(await tables()).toEqual([
      'public.invoice',
      'public.migrations',
      'voice.gc_groupcall',
      'voice.gc_groupcall_bundle',
      'voice.gc_groupcall_customer',
      'voice.gc_groupcall_dial',
      'voice.gc_groupcall_leg',
      'voice.gc_groupcall_members',
      'voice.gc_groupcall_outbox',
      'voice.gc_groupcall_spec',
      'voice.gc_groupcall_tree',
    ]);
  });

  it('may keep several sets of tables in one schema', async () => {
    const [one, two] = [{ tablePrefix: 'one_' }, { tablePrefix: 'two_' }];
    await open(one, {
      entities: [...groupcallEntities(one), ...groupcallEntities(two)],
      migrations: [...groupcallMigrations(one), ...groupcallMigrations(two)],
    });
    expect((await tables()).filter((name) => name.endsWith('_leg'))).toEqual([
      'public.one_groupcall_leg',
      'public.two_groupcall_leg',
    ]);
    expect(await source.query('SELECT name FROM migrations ORDER BY id')).toEqual([
      { name: 'CreateGroupcall one_ 1763900000000' },
      { name: 'CreateGroupcall two_ 1763900000000' },
      { name: 'CreateGroupcallDial one_ 1764000000000' },
      { name: 'CreateGroupcallDial two_ 1764000000000' },
      { name: 'CreateGroupcallRetention one_ 1764100000000' },
      { name: 'CreateGroupcallRetention two_ 1764100000000' },
      { name: 'CreateGroupcallBundle one_ 1764200000000' },
      { name: 'CreateGroupcallBundle two_ 1764200000000' },
      { name: 'KeepGroupcallPages one_ 1764300000000' },
      { name: 'KeepGroupcallPages two_ 1764300000000' },
    ]);
  });

  it.each([
    ['anywhere', {}, {}],
    ['in a schema and with a prefix', VOICE, {}],
    ["where the DataSource's own schema and prefix say", {}, { schema: 'public', entityPrefix: 'app_' }],
  ] as [string, object, { entityPrefix?: string }][])(
    'is never told by "migration:generate" to change ours: %s',
    async (_where, place, options) => {
      const own = options.entityPrefix ? { entities: groupcallEntities(place) } : {};
      await open(place, { ...options, ...own });
      const { upQueries } = await source.driver.createSchemaBuilder().log();
      expect(upQueries.map(({ query }) => query)).toEqual([]);
    },
  );

  it('may take them back, and nothing else', async () => {
    await open(VOICE);
    for (const _ of groupcallMigrations(VOICE)) await source.undoLastMigration();
    expect(await tables()).toEqual(['public.invoice', 'public.migrations']);
  });
});

describe('The place of the tables', () => {
  it.each([
    [{ tablePrefix: 'a b' }, 'tablePrefix is "a b"'],
    [{ tablePrefix: '1st_' }, 'tablePrefix is "1st_"'],
    [{ tablePrefix: 'x'.repeat(31) }, 'at most 30'],
    [{ schema: 'a"b' }, 'schema is "a\\"b"'],
    [{ schema: '' }, 'schema is ""'],
  ])('is a plain name: %j is none', (place, message) => {
    expect(() => groupcallEntities(place)).toThrow(message);
    expect(() => groupcallMigrations(place)).toThrow(message);
  });
});
