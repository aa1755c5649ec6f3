import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { groupcallStorage } from '@groupcall/groupcall/typeorm';
import pg from 'pg';
import { DataSource, type Logger } from 'typeorm';
import { livingTreesStatement } from '../../libs/groupcall/src/adapters/typeorm/postgres/postgres-leg-audit.js';
import { tableNames } from '../../libs/groupcall/src/adapters/typeorm/tables.js';
import { CUSTOMER, startApi, type ApiServer } from './support/api-server.js';

/** Trees of many customers, and of ours. */
const TREES = 30_000;
const CUSTOMERS = 100;

interface Asked {
  readonly sql: string;
  readonly parameters: unknown[];
}

/** One row again and again, with other ids. @param changes SQL of a JSON object, from the number `n` */
const multiply = (table: string, changes: string) =>
  `INSERT INTO ${table} SELECT made.*
   FROM (SELECT to_jsonb(own) AS one FROM ${table} AS own LIMIT 1) AS sample, generate_series(1, ${TREES}) AS n,
     LATERAL jsonb_populate_record(NULL::${table}, one || ${changes}) AS made`;
const numbered = (head: string, n = 'n') => `('${head}-0000-7000-8000-' || lpad(to_hex(${n}), 12, '0'))`;

describe('With thirty thousand groupcalls of a hundred customers, an index serves', () => {
  let server: ApiServer;
  let database: pg.Client;
  let admin: string;
  const asked: Asked[] = [];

  beforeAll(async () => {
    server = await startApi(
      {},
      { workers: { relay: false, sweep: false, reconciler: false, alarms: false } },
    );
    admin = await server.token({ role: 'platform_admin', customerId: undefined });
    await server.call('POST /groupcalls', { body: { destinations: [{ type: 'sip', target: 'ring@sim' }] } });
    database = new pg.Client({ connectionString: server.databaseUrl });
    await database.connect();
    const customer = `CASE WHEN n % ${CUSTOMERS} = 0 THEN '${CUSTOMER}' ELSE ${numbered('0199aaaa', `n % ${CUSTOMERS}`)} END`;
    const root = numbered('0199bbbb');
    // As there are in life: a linear ring in four, a busy one in ten.
    const outcomes = `'ring_method', CASE n % 4 WHEN 0 THEN 'linear' ELSE 'ring_all' END,
      'hangup_reason', CASE n % 10 WHEN 0 THEN 'busy' ELSE 'normal' END`;
    // One leg that was placed.
    const members = `'[[-1,[1],0,0,1,0,0,0],[0,0,1,0,0,0,1,null,null,null,30000]]'`;
    const at = `'tm_create', 1700000000000 + n`;
    for (const statement of [
      multiply(
        'groupcall_tree',
        `jsonb_build_object('root_id', ${root}, 'customer_id', ${customer}, ${at}, 'live', n % 50 = 0, 'members', ${members})`,
      ),
      multiply(
        'groupcall_spec',
        `jsonb_build_object('id', ${root}, 'root_id', ${root}, 'customer_id', ${customer}, ${at}, ${outcomes})`,
      ),
      `INSERT INTO groupcall_members SELECT ${root}::uuid, 1, '[]' FROM generate_series(1, ${TREES}) AS n`,
      'ANALYZE',
    ])
      await database.query(statement);
    const source = server.app.get<{ logger: Logger }>(DataSource);
    const note = (sql: string, parameters: unknown[] = []) => void asked.push({ sql, parameters });
    source.logger = new Proxy({} as Logger, {
      get: (_, name) => (name === 'logQuery' ? note : () => undefined),
    });
  }, 120_000);
  afterAll(async () => {
    await database?.end();
    await server?.close();
  });

  /** How the database reads what a request asks for. */
  const plansOf = async (line: string, token?: string) => {
    asked.length = 0;
    const { status, body } = await server.call(line, token === undefined ? {} : { token });
    expect([line, status]).toEqual([line, 200]);
    const reads = asked.filter(({ sql }) => /^\s*SELECT/.test(sql) && /groupcall/.test(sql));
    expect(reads.length).toBeGreaterThan(0);
    const plans: string[] = [];
    for (const { sql, parameters } of reads) {
      const { rows } = await database.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${sql}`, parameters);
      plans.push(...rows.map((row) => row['QUERY PLAN']));
    }
    return { plans, body };
  };

  /** The lines of the plans that read a whole table. The outbox is read whole: it holds what is still to be done. */
  const sequentialScans = async (line: string, token?: string) => {
    const { plans, body } = await plansOf(line, token);
    return { scans: plans.filter((plan) => /Seq Scan on groupcall_(tree|spec|members) /.test(plan)), body };
  };

  it.each([
    'page_size=100',
    'status=hangup',
    'ring_method=linear',
    `master_call_id=${randomUUID()}`,
    `master_groupcall_id=${randomUUID()}`,
    `owner_id=${randomUUID()}`,
    `flow_id=${randomUUID()}`,
  ])('GET /groupcalls?%s', async (query) => {
    expect((await sequentialScans(`GET /groupcalls?${query}`)).scans).toEqual([]);
  });

  it('the pages behind the first', async () => {
    const { body } = await sequentialScans('GET /groupcalls?page_size=10');
    expect(body.result).toHaveLength(10);
    const next = await sequentialScans(
      `GET /groupcalls?page_size=10&page_token=${String(body.next_page_token)}`,
    );
    expect(next.body.result).toHaveLength(10);
    expect(next.scans).toEqual([]);
  });

  it('one groupcall and its legs', async () => {
    const id = '0199bbbb-0000-7000-8000-000000000064';
    expect((await sequentialScans(`GET /groupcalls/${id}`)).scans).toEqual([]);
    expect((await sequentialScans(`GET /groupcalls/${id}/legs?tree=true`)).scans).toEqual([]);
  });

  it.each(['', 'status=hangup', `groupcall_id=${randomUUID()}`])('GET /calls?%s', async (query) => {
    expect((await sequentialScans(`GET /calls?${query}`)).scans).toEqual([]);
  });

  it.each([
    '',
    'phase=live',
    'phase=ringing',
    'phase=ended',
    `customer_id=${CUSTOMER}`,
    'ring_method=linear',
    'hangup_reason=busy',
  ])('the console with %s', async (query) => {
    const { scans } = await sequentialScans(`GET /admin/api/groupcalls?${query}`, admin);
    expect(scans).toEqual([]);
  });

  it('the reconciler, which reads of all living legs only those of its page', async () => {
    const source = server.app.get(DataSource);
    const { audit } = groupcallStorage(source);
    const legs = await audit.placed(Date.now(), null, 300);
    const place = legs.at(-1)!;
    const { rows } = await database.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN ANALYZE ${livingTreesStatement(tableNames(source))}`,
      [place.rootId, 20],
    );
    const read = rows.flatMap(({ 'QUERY PLAN': line }) => {
      const [, removed] = /Rows Removed by Filter: (\d+)/.exec(line) ?? [];
      if (removed) return [Number(removed)];
      const [, scanned, loops] = /Scan.*actual time=\S+ rows=([\d.]+) loops=(\d+)/.exec(line) ?? [];
      return scanned ? [Number(scanned) * Number(loops)] : [];
    });
    // Of 600 living trees with one leg each: those of the page, and the trees that end it.
    expect(read.length).toBeGreaterThan(1);
    expect(Math.max(...read)).toBeLessThan(50);
  });

  it('of an owner, too, where the scaling page has been followed', async () => {
    const page = readFileSync(join(process.cwd(), 'docs/scaling.md'), 'utf8');
    await database.query(/```sql\n(CREATE INDEX [^`]+)```/.exec(page)![1]);
    const { plans } = await plansOf(`GET /groupcalls?owner_id=${randomUUID()}`);
    expect(plans.join('\n')).toContain('Index Scan using groupcall_of_owner');
  });
});
