import { groupcallStorage } from '@groupcall/groupcall/typeorm';
import { claim, itIsClaimedLaneByLane, type Backlog } from './storage/backlog.js';
import { processesOnPostgres } from './storage/sources.js';
import type { TwoProcesses } from './storage/two-processes.js';

describe('A backlog of long lanes on PostgreSQL', () => {
  let storage: TwoProcesses;
  let backlog: Backlog;

  beforeAll(async () => {
    storage = await processesOnPostgres();
    const [source] = storage.sources;
    backlog = {
      outbox: groupcallStorage(source).outbox,
      fill: (trees, from, to) =>
        source.query(
          `INSERT INTO groupcall_outbox
            (root_id, customer_id, lane, version, ordinal, kind, priority, payload, created_at)
          SELECT root, root, root::text, number, 0, 'publish', 3,
            json_build_object('kind', 'publish', 'lane', root, 'event', json_build_object('sequence', number)), 0
          FROM generate_series($1::int, $2::int) AS number, generate_series(1, $3::int) AS tree,
            LATERAL (SELECT md5(tree::text)::uuid AS root) AS id`,
          [from, to, trees],
        ),
      due: async (at) => {
        const [{ count }] = await source.query<{ count: string }[]>(
          `SELECT count(*) FROM groupcall_outbox WHERE status = 'pending' AND next_at <= $1`,
          [at],
        );
        return Number(count);
      },
    };
  });
  afterAll(() => storage.drop());
  // A table as empty as a new one: what DELETE leaves behind would be read again by every claim.
  beforeEach(() => storage.sources[0].query('TRUNCATE groupcall_outbox, groupcall_bundle'));

  itIsClaimedLaneByLane(() => backlog);

  it('is claimed in time by whoever has never found anything so far', async () => {
    // Often enough for a plan to be kept, if there is one to be kept.
    for (let look = 0; look < 100; look += 1) await claim(backlog, 0, 400);
    await backlog.fill(1_500, 1, 20);
    // Tenths of a second; each row compared with each other one takes longer than anybody waits for a statement.
    expect(await claim(backlog, 0, 400)).toHaveLength(800);
  });
});
