import type { JudgeClient } from '../world/judge-client.js';
import type { PostgresCluster } from '../world/postgres-cluster.js';
import type {
  CallerRecord,
  Claim,
  GroupcallRecord,
  LegRecord,
  LiveLegs,
  OutboxRow,
  Records,
  TreeVersion,
} from './records.js';

interface VersionRow {
  root_id: string;
  version: number;
  at: number;
  tree: {
    customer_id: string;
    winner_leg_id: string | null;
    event_sequence: number;
    idempotency_key: string | null;
  };
  groupcalls: GroupcallRecord[];
  legs: LegRecord[];
}

interface Source {
  readonly cluster: PostgresCluster;
  readonly database: string;
  readonly judge: JudgeClient;
  readonly account: string;
}

/** Gathers what has happened since the last time, and begins a new page in the database's own records. */
export async function collect(
  { cluster, database, judge, account }: Source,
  callers: readonly CallerRecord[],
  limits: Records['limits'],
): Promise<Records> {
  const living = await judge.living(account);
  const versions = await cluster.query<VersionRow>(
    database,
    'SELECT * FROM lab_version ORDER BY root_id, version, at',
  );
  const claims = await cluster.query<Claim>(
    database,
    'SELECT leg_id AS "legId", at FROM lab_claim ORDER BY at',
  );
  const outbox = await cluster.query<OutboxRow>(
    database,
    `SELECT root_id AS "rootId", kind, leg_id AS "legId", status, attempts, last_error AS "lastError" FROM groupcall_outbox`,
  );
  const liveLegs = await cluster.query<LiveLegs>(
    database,
    `SELECT customer_id AS "customerId", c.live_legs AS now, least, most
     FROM groupcall_customer c JOIN lab_live_legs USING (customer_id)`,
  );
  await cluster.query(database, 'TRUNCATE lab_version, lab_claim');
  return {
    trees: treesOf(versions),
    ledger: judge.takeEntries(account),
    claims,
    outbox,
    liveLegs,
    callers,
    living: living.map((call) => call.id),
    limits,
  };
}

function treesOf(rows: readonly VersionRow[]): Map<string, TreeVersion[]> {
  const trees = new Map<string, TreeVersion[]>();
  for (const { root_id: rootId, version, at, tree, groupcalls, legs } of rows) {
    const one: TreeVersion = {
      rootId,
      version,
      at,
      customerId: tree.customer_id,
      winnerLegId: tree.winner_leg_id,
      eventSequence: tree.event_sequence,
      idempotencyKey: tree.idempotency_key,
      groupcalls,
      legs,
    };
    const known = trees.get(rootId);
    if (known) known.push(one);
    else trees.set(rootId, [one]);
  }
  return trees;
}
