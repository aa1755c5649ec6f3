import { groupcallStorage } from '@groupcall/groupcall/typeorm';
import { describeWithMariaDb } from '../support/servers.js';
import { itIsClaimedLaneByLane, type Backlog } from './storage/backlog.js';
import { processesOnMariaDb } from './storage/sources.js';
import type { TwoProcesses } from './storage/two-processes.js';

describeWithMariaDb('A backlog of long lanes on MariaDB', () => {
  let storage: TwoProcesses;
  let backlog: Backlog;

  beforeAll(async () => {
    storage = await processesOnMariaDb();
    const [source] = storage.sources;
    backlog = {
      outbox: groupcallStorage(source).outbox,
      fill: (trees, from, to) =>
        source.query(
          `INSERT INTO groupcall_outbox
            (root_id, customer_id, lane, version, ordinal, kind, priority, payload, created_at)
          SELECT MD5(tree.seq), '', MD5(tree.seq), number.seq, 0, 'publish', 3,
            JSON_OBJECT('kind', 'publish', 'lane', MD5(tree.seq), 'event', JSON_OBJECT('sequence', number.seq)), 0
          FROM seq_${from}_to_${to} AS number, seq_1_to_${trees} AS tree`,
        ),
      due: async (at) => {
        const [{ count }] = await source.query<{ count: string }[]>(
          `SELECT COUNT(*) AS count FROM groupcall_outbox WHERE status = 'pending' AND next_at <= ?`,
          [at],
        );
        return Number(count);
      },
    };
  });
  afterAll(() => storage.drop());
  beforeEach(() => storage.environment());

  itIsClaimedLaneByLane(() => backlog);
});
