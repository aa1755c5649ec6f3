import { groupcallStorage, runGroupcallMigrations } from '@groupcall/groupcall/typeorm';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import type { PeerLink } from '../../libs/groupcall/src/ports/peer-link.port.js';
import { describePeerLinkContract } from '../../libs/groupcall/src/testing/contracts/peer-link.contract.js';
import { eventually } from '../support/eventually.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { postgresSource } from './storage/sources.js';

const ELSEWHERE = { schema: 'elsewhere' };
/** Of the connections that listen. */
const LISTENING = `FROM pg_stat_activity WHERE datname = current_database() AND query ~ '^(LISTEN|SELECT pg_notify)'`;

async function migrated(url: string, place = {}): Promise<DataSource> {
  const source = await postgresSource(url, place).initialize();
  await runGroupcallMigrations(source);
  return source;
}

describePeerLinkContract('PostgresPeerLink', async () => {
  const database = await createTestDatabase();
  const home = await migrated(database.url);
  const elsewhere = await migrated(database.url, ELSEWHERE);
  return {
    create: () => groupcallStorage(home).peers,
    createElsewhere: () => groupcallStorage(elsewhere, ELSEWHERE).peers,
    tear: async (link) => {
      const { session } = link as unknown as { session: { client: { processID: number } } };
      await home.query('SELECT pg_terminate_backend($1)', [session.client.processID]);
    },
    close: async () => {
      await Promise.all([home.destroy(), elsewhere.destroy()]);
      await database.drop();
    },
  };
});

describe('A link over PostgreSQL', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  const sources: DataSource[] = [];
  const links: PeerLink[] = [];
  const addresses: string[] = [];
  let endings = 0;

  const start = (source: DataSource, deadline?: number): PeerLink => {
    const link = groupcallStorage(source, { deadline }).peers;
    links.push(link);
    link.start('one', {
      begun: (address) => void addresses.push(address),
      ended: () => void (endings += 1),
      heard: () => undefined,
    });
    return link;
  };

  beforeEach(async () => {
    database = await createTestDatabase();
    proxy = await new TcpProxy(database.url).open();
    sources.push(await migrated(database.url));
    sources.push(await postgresSource(proxy.url).initialize());
    addresses.length = 0;
    endings = 0;
  });
  afterEach(async () => {
    await Promise.all(links.splice(0).map((link) => link.stop()));
    await Promise.all(sources.splice(0).map((source) => source.destroy()));
    await proxy.cut();
    await database.drop();
  });

  it('begins although the database is not there, when it comes', async () => {
    await proxy.cut();
    start(sources[1]);
    await proxy.open();
    await eventually(() => expect(addresses).toHaveLength(1));
  });

  it('takes a server that says nothing any more for lost, and is there when it speaks again', async () => {
    const link = start(sources[1], 300);
    await eventually(() => expect(addresses).toHaveLength(1));
    proxy.freeze();
    await link.send([{ to: undefined, text: 'alive' }]);
    await eventually(() => expect(endings).toBe(1));
    await proxy.cut();
    await proxy.open();
    await eventually(() => expect(addresses).toHaveLength(2));
  });

  it('takes no connection of the pool, waits for no disk, and leaves none behind', async () => {
    const pool = (sources[0].driver as unknown as { master: { totalCount: number } }).master;
    await sources[0].query('SELECT 1');
    const before = pool.totalCount;
    const link = start(sources[0]);
    await eventually(() => expect(addresses).toHaveLength(1));
    await link.send([{ to: undefined, text: 'alive' }]);
    expect(pool.totalCount).toBe(before);
    const count = async () => (await sources[0].query<unknown[]>(`SELECT ${LISTENING}`)).length;
    expect(await count()).toBe(1);
    await link.stop();
    await eventually(async () => expect(await count()).toBe(0));
  });

  it('cannot be listened to by whoever connects with another password', async () => {
    const { master } = sources[1].driver as unknown as { master: { Client: typeof pg.Client } };
    // This server may let everybody in: what counts is what one has.
    master.Client = class extends pg.Client {
      override async connect(): Promise<never> {
        await super.connect();
        return Object.assign(this, { password: 'another' }) as never;
      }
    };
    const [mine, theirs]: string[][] = [[], []];
    const listen = (source: DataSource, into: string[]) => {
      const link = groupcallStorage(source).peers;
      links.push(link);
      link.start('one', {
        begun: (address) => void addresses.push(address),
        ended: () => undefined,
        heard: (text) => void into.push(text),
      });
    };
    listen(sources[0], mine);
    listen(sources[1], theirs);
    const link = start(sources[0]);
    await eventually(() => expect(addresses).toHaveLength(3));
    await link.send([{ to: undefined, text: 'secret' }]);
    await eventually(() => expect(mine).toEqual(['secret']));
    expect(theirs).toEqual([]);
  });

  it('says everything with one and the same statement, in which nobody sees what is said', async () => {
    const link = start(sources[0]);
    await eventually(() => expect(addresses).toHaveLength(1));
    await link.send([{ to: undefined, text: 'whispered' }]);
    const [{ query }] = await sources[0].query<{ query: string }[]>(`SELECT query ${LISTENING}`);
    expect(query).toContain('pg_notify');
    expect(query).not.toContain('whispered');
  });
});
