import pg from 'pg';
import { DataSource } from 'typeorm';
import { baseOf, memberNumber } from '../../libs/groupcall/src/domain/member-id.js';
import { releaseStatement } from '../../libs/groupcall/src/adapters/typeorm/postgres/bundle-statements.js';
import { arrayParameters } from '../../libs/groupcall/src/adapters/typeorm/postgres/column-arrays.js';
import type { CommitParts } from '../../libs/groupcall/src/adapters/typeorm/postgres/commit-parts.js';
import { commitStatement } from '../../libs/groupcall/src/adapters/typeorm/postgres/commit-statement.js';
import { RECEIPT } from '../../libs/groupcall/src/adapters/typeorm/postgres/stored-columns.js';
import { tableNames, type TableNames } from '../../libs/groupcall/src/adapters/typeorm/tables.js';
import type { BundleReceipt } from '../../libs/groupcall/src/ports/effect-outbox.port.js';
import { newId } from '../load/ids.js';
import type { Driver } from '../load/driver.js';
import { requestFor, type Shape } from '../load/shape.js';
import { BARE_COLUMNS } from './bare-columns.js';
import { BareTree, type BareCommand } from './bare-tree.js';
import { dataSourceOptions } from './data-source.js';
import type { Contender, StartContender } from './contender.js';

const MOST_TURNS = 128;
const FLIGHTS = 2;
const OWNER = 'bare';
const HOLD = 60_000;
/** Of a tree whose members are all in its hot row. */
const MOST_LEGS = 31;

/** Effects of a turn that are not all done. */
interface Bundle extends BundleReceipt {
  left: number;
}

/**
 * The least that can take the commands of this one life one by one, decide them, commit them with the engine's own statement,
 * place and hang up the calls one by one, and tell whoever waits: what an engine costs that keeps none of our promises but
 * those that the statement keeps. No bus, no checks, no limits, no second process, nothing kept when a commit fails, no retries,
 * no time limits of the gateway, no alarms.
 */
class BareEngine implements Contender {
  readonly bestOpen = 300;
  private readonly trees = new Map<string, BareTree>();
  private ready: BareTree[] = [];
  private done: Bundle[] = [];
  private flights = 0;
  private flying = 0;
  private isDue = false;
  private readonly texts = new Map<string, string>();

  constructor(
    private readonly free: pg.Client[],
    private readonly tables: TableNames,
    private readonly driver: Driver,
  ) {}

  create(name: string, shape: Shape): Promise<void> {
    if (shape.ring !== 'ring_all' || shape.legs > MOST_LEGS)
      throw new Error('The bare engine knows only one life.');
    const tree = new BareTree(newId(), requestFor(shape, name));
    this.trees.set(tree.rootId, tree);
    return new Promise((done) => this.post(tree, { kind: 'create', done }));
  }

  answer(legId: string): Promise<void> {
    return this.told('answer', legId);
  }

  ended(legId: string): Promise<void> {
    return this.told('ended', legId);
  }

  async settle(): Promise<void> {
    while (this.flights > 0 || this.ready.length > 0) await new Promise(setImmediate);
    const receipts = arrayParameters(this.done.splice(0), RECEIPT);
    await this.free[0].query(releaseStatement(this.tables), [...receipts, OWNER]);
  }

  async close(): Promise<void> {
    await Promise.all(this.free.map((client) => client.end()));
  }

  private told(kind: 'answer' | 'ended', legId: string): Promise<void> {
    const tree = this.trees.get(baseOf(legId))!;
    return new Promise((done) => this.post(tree, { kind, leg: memberNumber(legId), done }));
  }

  private post(tree: BareTree, command: BareCommand): void {
    tree.waiting.push(command);
    if (!tree.isBusy) this.enqueue(tree);
  }

  /** What comes in the same round of the event loop is one turn. */
  private enqueue(tree: BareTree): void {
    tree.isBusy = true;
    this.ready.push(tree);
    this.pumpSoon();
  }

  private pumpSoon(): void {
    if (this.isDue) return;
    this.isDue = true;
    setImmediate(() => {
      this.isDue = false;
      this.pump();
    });
  }

  /** The second statement is as large as the first, as the engine's. */
  private pump(): void {
    while (this.flights < FLIGHTS && this.ready.length > 0) {
      if (this.flights > 0 && this.ready.length < Math.min(this.flying, MOST_TURNS)) return;
      // A commit that fails ends the process: nobody would be told, and the sample would never end.
      void this.fly(this.ready.splice(0, MOST_TURNS));
    }
  }

  private async fly(group: BareTree[]): Promise<void> {
    const client = this.free.pop()!;
    this.flights += 1;
    this.flying += group.length;
    group.sort((a, b) => (a.rootId < b.rootId ? -1 : 1));
    const now = Date.now();
    const commands = group.map((tree) => tree.turn(now));
    const { rows } = await client.query<{ done: boolean; held: boolean }>(this.statementFor(group, now));
    group.forEach((tree, index) => {
      const { done, held } = rows[index];
      if (!done || held !== (tree.effects !== null)) throw new Error('The bare engine has lost a tree.');
    });
    this.free.push(client);
    this.flights -= 1;
    this.flying -= group.length;
    group.forEach((tree, index) => this.committed(tree, commands[index]));
    this.pumpSoon();
  }

  private statementFor(group: readonly BareTree[], now: number) {
    const newTrees = group.filter(({ version }) => version === 0);
    const ended = group.filter(({ version, hasEnded }) => version > 0 && hasEnded);
    const bundles = group.filter(({ effects }) => effects !== null);
    const done = this.done.splice(0);
    const parts: CommitParts = {
      creates: newTrees.length > 0,
      changes: newTrees.length < group.length,
      limits: false,
      newSpecs: newTrees.length > 0,
      blocks: false,
      effects: false,
      bundles: bundles.length > 0,
      forgets: done.length > 0,
    };
    const name = `bare_${Object.values(parts).map(Number).join('')}`;
    let text = this.texts.get(name);
    if (text === undefined) this.texts.set(name, (text = commitStatement(this.tables, parts)));
    return {
      name,
      text,
      // In the order of commitParameters.
      values: [
        ...arrayParameters(group, BARE_COLUMNS.trees),
        ...(parts.newSpecs ? arrayParameters(newTrees, BARE_COLUMNS.newSpecs) : []),
        ...(parts.changes ? arrayParameters(ended, BARE_COLUMNS.changedSpecs) : []),
        ...(parts.bundles || parts.forgets ? [OWNER] : []),
        ...(parts.bundles ? [now, now + HOLD, ...arrayParameters(bundles, BARE_COLUMNS.bundles)] : []),
        ...(parts.forgets ? arrayParameters(done, RECEIPT) : []),
      ],
    };
  }

  private committed(tree: BareTree, commands: readonly BareCommand[]): void {
    tree.version += 1;
    tree.isBusy = false;
    if (tree.hasEnded) this.trees.delete(tree.rootId);
    for (const { done } of commands) done?.();
    this.carryOut(tree);
    if (tree.waiting.length > 0 && !tree.isBusy) this.enqueue(tree);
  }

  private carryOut(tree: BareTree): void {
    if (tree.effects === null) return;
    const { kind, legs } = tree.effects;
    tree.held.push(tree.version);
    const bundle: Bundle = { rootId: tree.rootId, version: tree.version, left: legs.length };
    for (const leg of legs) {
      if (kind === 'dial') this.dial(tree, leg, bundle);
      else this.hangup(tree, leg, bundle);
    }
  }

  private dial(tree: BareTree, leg: number, bundle: Bundle): void {
    void this.createCall(tree.name, tree.legId(leg)).then(() => {
      this.finished(bundle);
      this.post(tree, { kind: 'placed', leg });
    });
  }

  private hangup(tree: BareTree, leg: number, bundle: Bundle): void {
    void this.hangupCall(tree.legId(leg)).then(() => this.finished(bundle));
  }

  private finished(bundle: Bundle): void {
    bundle.left -= 1;
    if (bundle.left === 0) this.done.push(bundle);
  }

  /** The same gateway that the engine has. */
  private createCall(name: string, legId: string): Promise<void> {
    this.driver.placed(name, legId);
    return ACCEPTED;
  }

  private hangupCall(legId: string): Promise<void> {
    this.driver.hungUp(legId);
    return ACCEPTED;
  }
}

const ACCEPTED = Promise.resolve();

export const start: StartContender = async ({ databaseUrl }, driver) => {
  const tables = tableNames(new DataSource(dataSourceOptions(databaseUrl)));
  const clients = Array.from({ length: FLIGHTS }, () => new pg.Client({ connectionString: databaseUrl }));
  await Promise.all(clients.map((client) => client.connect()));
  await Promise.all(clients.map((client) => client.query('SET enable_seqscan = off')));
  return new BareEngine(clients, tables, driver);
};
