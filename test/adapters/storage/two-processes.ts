import { groupcallStorage, runGroupcallMigrations, type TableOptions } from '@groupcall/groupcall/typeorm';
import type { DataSource } from 'typeorm';
import { tableNames } from '../../../libs/groupcall/src/adapters/typeorm/tables.js';
import type { StorageEnvironment } from '../../../libs/groupcall/src/testing/contracts/storage/storage-environment.js';
import type { TestDatabase } from '../../support/postgres.js';

/** A database of one test file, and two processes on it. */
export class TwoProcesses {
  private constructor(
    readonly database: TestDatabase,
    readonly sources: readonly [DataSource, DataSource],
    private readonly place: TableOptions,
  ) {}

  /**
   * @param sourceOf a DataSource as a host has it
   * @param place where it has the tables
   */
  static async on(
    database: TestDatabase,
    sourceOf: (url: string, place: TableOptions) => DataSource,
    place: TableOptions = {},
  ): Promise<TwoProcesses> {
    const [one, two] = await Promise.all([1, 2].map(() => sourceOf(database.url, place).initialize()));
    await runGroupcallMigrations(one);
    return new TwoProcesses(database, [one, two], place);
  }

  /** Empties the tables for the next test. */
  async environment(): Promise<StorageEnvironment> {
    const [one, two] = this.sources;
    const names = tableNames(one, this.place);
    const { tree, outbox, customer, dial } = names;
    const own =
      one.options.type === 'postgres'
        ? [names.spec, names.members, names.bundle]
        : [names.groupcall, names.leg];
    for (const table of [tree, outbox, customer, dial, ...own]) await one.query(`DELETE FROM ${table}`);
    const [mine, other] = [groupcallStorage(one, this.place), groupcallStorage(two, this.place)];
    return { clock: mine.clock, processes: [mine, other], close: () => Promise.resolve() };
  }

  async drop(): Promise<void> {
    await Promise.all(this.sources.map((source) => source.destroy()));
    await this.database.drop();
  }
}
