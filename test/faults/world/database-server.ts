import type { Claim, LiveLegs, OutboxRow, TreeVersion } from '../checker/records.js';

export const DATABASES = ['postgres', 'mariadb'] as const;
export type DatabaseKind = (typeof DATABASES)[number];

/** `fast` breaks off what is under way and ends in order; `immediate` is a crash, and the next start recovers. */
export type StopMode = 'fast' | 'immediate';

/** What a database has written down of itself since the last time it was asked. */
export interface Testimony {
  /** Every committed version, by tree, in order. */
  readonly trees: ReadonlyMap<string, readonly TreeVersion[]>;
  readonly claims: readonly Claim[];
  readonly outbox: readonly OutboxRow[];
  readonly liveLegs: readonly LiveLegs[];
}

/** A database server of the laboratory's own, to break: on a free port, with its own data folder. */
export abstract class DatabaseServer {
  abstract readonly kind: DatabaseKind;
  /** As people call it. */
  abstract readonly name: string;
  /** In every request that commits a turn: its reply is the one worth losing. */
  abstract readonly commitMarker: string;

  abstract urlOf(database: string): string;
  /** Resolves when it answers. */
  abstract start(): Promise<void>;
  abstract stop(mode: StopMode): Promise<void>;
  /** One statement on a connection of its own. */
  abstract query<Row extends object>(database: string, text: string, values?: unknown[]): Promise<Row[]>;
  /** A database with the engine's tables as its migrations make them, and the laboratory's witnesses beside them. */
  abstract create(database: string): Promise<void>;
  /** Ends every connection to a database at once. */
  abstract disconnect(database: string): Promise<void>;
  /** SIGSTOP for what serves some connections, so that no time limit of the server's own works. @returns what was stopped */
  abstract freeze(database: string): Promise<{ readonly what: string; readonly thaw: () => void }>;
  /** Sessions that have a transaction open and do nothing in it. */
  abstract idleTransactions(database: string): Promise<number>;
  protected abstract takeVersions(database: string): Promise<Map<string, TreeVersion[]>>;

  /** What has been written down, and a new page for what comes. */
  async testimony(database: string): Promise<Testimony> {
    const trees = await this.takeVersions(database);
    const claims = await this.query<Claim>(
      database,
      'SELECT leg_id AS "legId", at FROM lab_claim ORDER BY at',
    );
    await this.query(database, 'DELETE FROM lab_claim');
    const outbox = await this.query<OutboxRow>(
      database,
      `SELECT root_id AS "rootId", kind, leg_id AS "legId", status, attempts, last_error AS "lastError" FROM lab_left`,
    );
    const liveLegs = await this.query<LiveLegs>(
      database,
      `SELECT customer_id AS "customerId", c.live_legs AS "now", least, most
       FROM groupcall_customer c JOIN lab_live_legs USING (customer_id)`,
    );
    return { trees, claims, outbox, liveLegs };
  }
}
