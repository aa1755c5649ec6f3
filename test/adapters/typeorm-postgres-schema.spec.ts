import { setTimeout as delay } from 'node:timers/promises';
import { runGroupcallMigrations } from '@groupcall/groupcall/typeorm';
import pg from 'pg';
import type { Columns } from '../../libs/groupcall/src/adapters/typeorm/commit-columns.js';
import {
  arrayParameters,
  arraysTable,
} from '../../libs/groupcall/src/adapters/typeorm/postgres/column-arrays.js';
import { eventually } from '../support/eventually.js';
import { createTestDatabase } from '../support/postgres.js';
import { postgresSource } from './storage/sources.js';

describe('Migrations on PostgreSQL', () => {
  it('are made once by four processes that start together, however long one of them takes', async () => {
    const database = await createTestDatabase();
    const sources = await Promise.all(
      [1, 2, 3, 4].map(() =>
        postgresSource(database.url)
          .setOptions({ extra: { lock_timeout: 1_000, statement_timeout: 1_000 } })
          .initialize(),
      ),
    );
    const holder = new pg.Client({ connectionString: database.url });
    try {
      await holder.connect();
      await holder.query('SELECT pg_advisory_lock(6712909471)');
      const done = Promise.all(sources.map(runGroupcallMigrations));
      await eventually(async () => {
        const { rows } =
          await holder.query(`SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`);
        expect(rows).toHaveLength(4);
      });
      await delay(1_200);
      await holder.query('SELECT pg_advisory_unlock(6712909471)');
      await done;
      expect((await holder.query('SELECT name FROM migrations')).rows).toEqual([
        { name: 'CreateGroupcall1763900000000' },
        { name: 'CreateGroupcallDial1764000000000' },
        { name: 'CreateGroupcallRetention1764100000000' },
        { name: 'CreateGroupcallBundle1764200000000' },
        { name: 'KeepGroupcallPages1764300000000' },
      ]);
      expect(await sources[0].query('SHOW lock_timeout')).toEqual([{ lock_timeout: '1s' }]);
    } finally {
      await holder.end();
      await Promise.all(sources.map((source) => source.destroy()));
      await database.drop();
    }
  });

  it('can be taken back', async () => {
    const database = await createTestDatabase();
    const source = await postgresSource(database.url).initialize();
    try {
      await runGroupcallMigrations(source);
      while ((await source.query('SELECT 1 FROM migrations')).length > 0) await source.undoLastMigration();
      expect(await source.query(`SELECT to_regclass('groupcall_tree') AS there`)).toEqual([{ there: null }]);
    } finally {
      await source.destroy();
      await database.drop();
    }
  });
});

describe('Arrays as parameters', () => {
  it('are on PostgreSQL what they were here', async () => {
    const database = await createTestDatabase();
    const source = await postgresSource(database.url).initialize();
    const id = '01a00000-0000-7000-8000-00000000000a';
    const rows = [
      {
        id,
        int: -7,
        bigint: 1_795_976_078_750,
        text: 'ü"\\,{}\u0001 \u{1f4de}',
        json: { to: ['é', null] },
        boolean: true,
      },
      { id, int: 0, bigint: -(2 ** 40) - 1, text: '', json: [], boolean: false },
      { id: null, int: null, bigint: null, text: null, json: null, boolean: null },
    ];
    const columns: Columns<(typeof rows)[number]> = {
      id: ['uuid', (row) => row.id],
      int: ['int', (row) => row.int],
      bigint: ['bigint', (row) => row.bigint],
      text: ['text', (row) => row.text],
      json: ['json', (row) => row.json],
      boolean: ['boolean', (row) => row.boolean],
    };
    const read = (some: typeof rows) =>
      source.query<object[]>(`SELECT * FROM ${arraysTable(columns, 1)}`, arrayParameters(some, columns));
    try {
      const expected = rows.map((row) => ({
        ...row,
        bigint: row.bigint === null ? null : String(row.bigint),
      }));
      expect(await read(rows)).toEqual(expected);
      expect(await read([])).toEqual([]);
    } finally {
      await source.destroy();
      await database.drop();
    }
  });
});
