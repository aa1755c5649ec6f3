import type { PublicEvent } from '@groupcall/groupcall';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** An event as a reader gets it. */
export interface LoggedEvent {
  readonly position: number;
  readonly type: string;
  /** JSON, in one line. */
  readonly payload: string;
}

/** Whose events, and from where to where: positions above `after`, up to and including `upTo`. */
export interface EventRange {
  readonly customerId: string;
  /** Only events of groupcalls with this owner; null = all of the customer. */
  readonly ownerId: string | null;
  readonly after: number;
  readonly upTo: number;
}

/** Any number will do, as long as nobody else uses it for an advisory lock. */
const WRITER_LOCK = 7_106_051;

/** The events of the last day, in the order in which they became visible. */
@Injectable()
export class EventLog {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Appends events in the given order; one that is there already is left out. Writers take turns from before a
   * position is given out until it is committed, so no lower position ever appears behind a reader's back.
   */
  async append(events: readonly PublicEvent[], now: number): Promise<void> {
    await this.dataSource.query(APPEND, [WRITER_LOCK, JSON.stringify(events.map(toRow)), now]);
  }

  /** Up to `limit` events of the range, oldest first. */
  async read({ customerId, ownerId, after, upTo }: EventRange, limit: number): Promise<LoggedEvent[]> {
    const rows = await this.dataSource.query<{ position: string; type: string; payload: string }[]>(
      `SELECT position, type, payload::text AS payload FROM event_log
        WHERE customer_id = $1 AND position > $2 AND position <= $3 AND ($4::uuid IS NULL OR owner_id = $4)
        ORDER BY position LIMIT $5`,
      [customerId, after, upTo, ownerId, limit],
    );
    return rows.map((row) => ({ ...row, position: Number(row.position) }));
  }

  /** The last position there is, 0 for an empty log. */
  async lastPosition(): Promise<number> {
    const [row] = await this.dataSource.query<{ last: string | null }[]>(
      'SELECT max(position) AS last FROM event_log',
    );
    return Number(row.last ?? 0);
  }

  /** Who has got events since `after`, and up to where. */
  async changesSince(after: number): Promise<{ customerId: string; upTo: number }[]> {
    const rows = await this.dataSource.query<{ customer_id: string; last: string }[]>(
      'SELECT customer_id, max(position) AS last FROM event_log WHERE position > $1 GROUP BY customer_id',
      [after],
    );
    return rows.map((row) => ({ customerId: row.customer_id, upTo: Number(row.last) }));
  }

  /** Groupcalls of all customers with events above `after`, up to and including `upTo`; at most `limit` of them. */
  async groupcallsBetween(after: number, upTo: number, limit: number): Promise<string[]> {
    const rows = await this.dataSource.query<{ id: string }[]>(
      `SELECT DISTINCT payload->'data'->>'id' AS id FROM event_log
        WHERE position > $1 AND position <= $2 LIMIT $3`,
      [after, upTo, limit],
    );
    return rows.map(({ id }) => id);
  }

  /** Looks at the oldest `limit` events and removes those from before `before`. @returns how many that were */
  async purge(before: number, limit: number): Promise<number> {
    const [, removed] = await this.dataSource.query<[unknown, number]>(
      `DELETE FROM event_log WHERE tm_create < $1
          AND position IN (SELECT position FROM event_log ORDER BY position LIMIT $2)`,
      [before, limit],
    );
    return removed;
  }
}

function toRow(event: PublicEvent, order: number) {
  const { type, id, sequence, tm, data, leg } = event;
  return {
    order,
    customer_id: data.customer_id,
    event_id: id,
    owner_id: data.owner_id,
    type,
    // The keys of SPEC 5, in its order.
    payload: { type, id, sequence, tm, data, ...(leg === undefined ? {} : { leg }) },
  };
}

const APPEND = `
  WITH writer AS MATERIALIZED (SELECT pg_advisory_xact_lock($1::bigint))
  INSERT INTO event_log (customer_id, event_id, owner_id, type, payload, tm_create)
  SELECT customer_id, event_id, owner_id, type, payload, $3::bigint
    FROM writer, json_to_recordset($2::json) AS new("order" integer, customer_id uuid, event_id uuid, owner_id uuid,
      type text, payload json)
   ORDER BY "order"
  ON CONFLICT (event_id) DO NOTHING`;
