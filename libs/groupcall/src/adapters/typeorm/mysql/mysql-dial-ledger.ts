import type { DataSource } from 'typeorm';
import { DialLedger, type DialAttempt, type DialWindow } from '../../../ports/dial-ledger.port.js';
import { takeDial, type RecentDial } from '../../recent-dials.js';
import type { TableNames } from '../tables.js';
import { MysqlConnections } from './mysql-connections.js';

/** What was dialled a moment ago, one row per customer and number. The row's lock makes two processes take turns. */
export class MysqlDialLedger extends DialLedger {
  private readonly connections: MysqlConnections;

  constructor(
    dataSource: DataSource,
    private readonly tables: TableNames,
    deadline?: number,
  ) {
    super();
    this.connections = new MysqlConnections(dataSource, deadline);
  }

  override take(
    { customerId, legId, number }: DialAttempt,
    window: DialWindow,
    now: number,
  ): Promise<number> {
    const key = [customerId, number ?? ''];
    return this.connections.transaction(async (sql) => {
      // Takes the row's lock, whether or not it is new.
      await sql.change(
        `INSERT INTO ${this.tables.dial} (customer_id, number, recent, dialled_at) VALUES (?, ?, '[]', ?)
         ON DUPLICATE KEY UPDATE dialled_at = GREATEST(dialled_at, VALUES(dialled_at))`,
        [...key, now],
      );
      const [row] = await sql<{ recent: string | RecentDial[] }>(
        `SELECT recent FROM ${this.tables.dial} WHERE customer_id = ? AND number = ? FOR UPDATE`,
        key,
      );
      const recent = typeof row.recent === 'string' ? (JSON.parse(row.recent) as RecentDial[]) : row.recent;
      const answer = takeDial(recent, legId, window, now);
      if ('wait' in answer) return answer.wait;
      await sql.change(`UPDATE ${this.tables.dial} SET recent = ? WHERE customer_id = ? AND number = ?`, [
        JSON.stringify(answer.taken),
        ...key,
      ]);
      return 0;
    });
  }

  override forget(before: number, limit: number): Promise<number> {
    return this.connections.transaction((sql) =>
      sql.change(`DELETE FROM ${this.tables.dial} WHERE dialled_at < ? LIMIT ${Math.trunc(limit)}`, [before]),
    );
  }
}
