import pg from 'pg';
import { newId } from '../load/ids.js';
import { CUSTOMER, type Shape } from '../load/shape.js';
import { arraysTable } from '../../libs/groupcall/src/adapters/typeorm/postgres/column-arrays.js';
import { ARRAYS, bytesOf, filled, floorSteps, type FloorStep } from './floor-template.js';

/** Lives that go through their turns side by side, in one statement per turn. */
const GROUP = 128;
/** Groups under way at the same time: one is being written while the other is being built. */
const FLIGHTS = 2;

const TABLE = {
  trees: { table: 'groupcall_tree', key: ['root_id'] },
  newSpecs: { table: 'groupcall_spec', key: null },
  changedSpecs: { table: 'groupcall_spec', key: ['id'] },
  blocks: { table: 'groupcall_members', key: ['root_id', 'block'] },
  bundles: { table: 'groupcall_bundle', key: null },
} as const;

const HELD = `, 'floor', 9000000000000, (extract(epoch FROM clock_timestamp()) * 1000)::bigint`;
const NEVER_CHANGED = [
  'root_id',
  'customer_id',
  'master_call_id',
  'member_base',
  'tm_create',
  'destinations',
];

/** Columns of a row that are no columns of the table, or are filled in by the statement. */
const NOT_STORED = new Set(['delta', 'known']);

/**
 * What the same data model costs when nothing has to be decided, compared, routed or remembered: the turns of one life,
 * decided beforehand, replayed with new ids in full groups. No engine on this data model can be faster.
 */
export class Floor {
  private constructor(private readonly clients: readonly pg.Client[]) {}

  static async open(databaseUrl: string): Promise<Floor> {
    const clients = Array.from({ length: FLIGHTS }, () => new pg.Client({ connectionString: databaseUrl }));
    await Promise.all(clients.map((client) => client.connect()));
    await Promise.all(clients.map((client) => client.query('SET enable_seqscan = off')));
    return new Floor(clients);
  }

  /** @returns how many lives */
  async run(shape: Shape, ms: number): Promise<number> {
    const statements = floorSteps(shape).map((step, index) => ({
      step,
      ...statementOf(step, `${shape.legs}_${index}`),
    }));
    const group = Math.max(1, Math.min(GROUP, Math.ceil((GROUP * 10) / shape.legs)));
    const end = performance.now() + ms;
    let lives = 0;
    const flight = async (client: pg.Client) => {
      let before: { roots: string[]; version: number } = { roots: [], version: 0 };
      do {
        const roots = Array.from({ length: group }, newId);
        const bytes = roots.map(bytesOf);
        for (const [index, { step, name, text }] of statements.entries()) {
          const parts = step.parts.flatMap(({ blanks }) => blanks.map((blank) => filled(blank, bytes)));
          const counted = step.liveLegs * group;
          await client.query({ name, text, values: [before.roots, before.version, counted, ...parts] });
          const hasBundles = step.parts.some(({ part }) => part === 'bundles');
          before = { roots: hasBundles ? roots : [], version: index + 1 };
        }
        lives += group;
      } while (performance.now() < end);
      const last = [before.roots, before.version];
      await client.query(
        'DELETE FROM groupcall_bundle WHERE root_id = ANY($1::uuid[]) AND version = $2',
        last,
      );
    };
    await Promise.all(this.clients.map(flight));
    return lives;
  }

  async close(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.end()));
  }
}

/**
 * $1: the lives whose turn before this one has had its effects done, $2: its version, $3: how many legs live more. Then the rows of
 * each part.
 */
function statementOf(step: FloorStep, name: string): { name: string; text: string } {
  const creates = step.parts.some(({ part }) => part === 'newSpecs');
  let parameters = 3;
  const parts = step.parts.map(({ part, columns, blanks }, index) => {
    const { table } = TABLE[part];
    const key = part === 'bundles' || creates ? null : TABLE[part].key;
    const stored = columns.filter((column) => !NOT_STORED.has(column));
    const first = parameters + 1;
    parameters += blanks.length;
    const rows = arraysTable(ARRAYS[part], first);
    const version = part === 'trees' ? 'n.version + 1' : 'n.version';
    const valueOf = (column: string) =>
      column === 'version' ? version : column === 'lanes' ? 'n.lanes::text[]' : `n.${column}`;
    if (key === null) {
      const hold = part === 'bundles' ? [', holder, held_until, created_at', HELD] : ['', ''];
      return `p${index} AS (INSERT INTO ${table} (${stored.join(', ')}${hold[0]})
        SELECT ${stored.map(valueOf).join(', ')}${hold[1]} FROM ${rows})`;
    }
    const changed = stored.filter((column) => ![...key, ...NEVER_CHANGED].includes(column));
    return `p${index} AS (UPDATE ${table} t SET ${changed.map((column) => `${column} = ${valueOf(column)}`).join(', ')}
      FROM ${rows} WHERE ${key.map((column) => `t.${column} = n.${column}`).join(' AND ')})`;
  });
  return {
    name: `floor_${name}`,
    text: `WITH gone AS (DELETE FROM groupcall_bundle WHERE root_id = ANY($1::uuid[]) AND version = $2),
      live_legs AS (INSERT INTO groupcall_customer AS c (customer_id, live_legs) VALUES ('${CUSTOMER}', $3)
        ON CONFLICT (customer_id) DO UPDATE SET live_legs = c.live_legs + excluded.live_legs),
      ${parts.join(',\n')}
      SELECT`,
  };
}
