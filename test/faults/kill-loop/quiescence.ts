import { eventually } from '../../support/eventually.js';
import type { DatabaseServer } from '../world/database-server.js';
import type { JudgeClient } from '../world/judge-client.js';

interface World {
  readonly databases: DatabaseServer;
  readonly database: string;
  readonly judge: JudgeClient;
  readonly account: string;
}

/**
 * Waits until nothing is left to do: no news on its way, no effect pending, no leg undecided or half hung up, and at the
 * gateway exactly the calls of winners who still talk.
 * @returns the roots of the trees that still talk
 * @throws Error with what is left, after `patience` ms
 */
export async function comeToRest(world: World, patience: number): Promise<string[]> {
  const { databases, database, judge, account } = world;
  return eventually(
    async () => {
      const problems: string[] = [];
      const news = await judge.pendingNews(account);
      if (news > 0) problems.push(`${news} notifications on their way`);
      const effects = await databases.query<{
        kind: string;
        tries: number;
        error: string | null;
        root: string;
      }>(
        database,
        `SELECT kind, attempts AS tries, last_error AS error, root_id AS root FROM lab_left WHERE status = 'pending'
         ORDER BY id LIMIT 5`,
      );
      problems.push(
        ...effects.map((one) => `${one.kind} of ${one.root} pending, ${one.tries} tries: ${one.error}`),
      );
      const legs = await databases.query<{ id: string; root: string; status: string; wins: unknown }>(
        database,
        `SELECT l.id, l.root_id AS root, l.status, (t.winner_leg_id IS NOT NULL AND l.id = t.winner_leg_id) AS wins FROM groupcall_tree t
         JOIN groupcall_leg l USING (root_id) WHERE t.live AND l.status <> 'hangup'`,
      );
      const open = legs.filter((leg) => !(leg.wins && leg.status === 'progressing'));
      problems.push(...open.slice(0, 5).map((leg) => `leg ${leg.id} of ${leg.root} is ${leg.status}`));
      const silent = await databases.query<{ root: string }>(
        database,
        `SELECT root_id AS root FROM groupcall_tree t WHERE live AND NOT EXISTS
         (SELECT 1 FROM groupcall_leg l WHERE l.root_id = t.root_id AND l.status <> 'hangup') LIMIT 5`,
      );
      problems.push(...silent.map(({ root }) => `tree ${root} lives without a living leg`));
      const talking = new Set(legs.filter((leg) => leg.wins).map((leg) => leg.id));
      const living = new Set((await judge.living(account)).map((call) => call.id));
      const unwanted = [...living].filter((id) => !talking.has(id));
      const missing = [...talking].filter((id) => !living.has(id));
      problems.push(...unwanted.slice(0, 5).map((id) => `call ${id} lives and nobody wants it`));
      problems.push(...missing.slice(0, 5).map((id) => `leg ${id} talks, and its call has ended`));
      if (problems.length > 0) throw new Error(problems.join('; '));
      return [...new Set(legs.map((leg) => leg.root))];
    },
    { timeout: patience, interval: 150 },
  );
}
