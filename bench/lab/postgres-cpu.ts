import { readdir, readFile } from 'node:fs/promises';
import type pg from 'pg';

/** CPU time of PostgreSQL, ms since any moment; null when it cannot be read here. */
export interface PostgresCpu {
  /** What is counted, for the report. */
  readonly what: string;
  read(): Promise<number | null>;
}

/** Clock ticks per second in /proc: 100 on every Linux that Node runs on. */
const TICKS = 100;

/**
 * Reads /proc, so PostgreSQL has to run on this machine, and this on Linux. A server of our own is counted with all that
 * belongs to it (WAL writer, checkpointer, vacuum); of one that is shared only the backends of our databases are.
 */
export async function openPostgresCpu(admin: pg.Client, own: boolean): Promise<PostgresCpu> {
  const { rows } = await admin.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const backend = await statOf(rows[0].pid);
  if (!backend?.name.startsWith('postgres')) {
    const what = 'not measured: PostgreSQL runs on another machine, or this is no Linux';
    return { what, read: () => Promise.resolve(null) };
  }
  if (own) {
    return { what: 'all processes of PostgreSQL', read: () => cpuOfFamily(backend.parent) };
  }
  return {
    what: "the backends of the run's databases (WAL writer, checkpointer and vacuum are others' as well and left out)",
    async read() {
      const { rows: backends } = await admin.query<{ pid: number }>(
        `SELECT pid FROM pg_stat_activity WHERE datname LIKE 'groupcall_bench_${process.pid}_%'`,
      );
      const stats = await Promise.all(backends.map(({ pid }) => statOf(pid)));
      return stats.reduce((sum, stat) => sum + (stat?.own ?? 0), 0);
    },
  };
}

async function cpuOfFamily(postmaster: number): Promise<number> {
  const pids = (await readdir('/proc')).map(Number).filter(Number.isInteger);
  const stats = await Promise.all(pids.map(statOf));
  let sum = 0;
  for (const [index, stat] of stats.entries()) {
    // Those that have ended are in their parent's sum.
    if (pids[index] === postmaster) sum += (stat?.own ?? 0) + (stat?.ended ?? 0);
    else if (stat?.parent === postmaster) sum += stat.own;
  }
  return sum;
}

interface Stat {
  readonly name: string;
  readonly parent: number;
  readonly own: number;
  readonly ended: number;
}

/** Of /proc/PID/stat: the name is in brackets and may contain anything; numbers follow it. Times in ms. */
async function statOf(pid: number): Promise<Stat | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const end = text.lastIndexOf(')');
  const fields = text.slice(end + 2).split(' ');
  const ms = (index: number) => (Number(fields[index]) * 1_000) / TICKS;
  return {
    name: text.slice(text.indexOf('(') + 1, end),
    parent: Number(fields[1]),
    own: ms(11) + ms(12),
    ended: ms(13) + ms(14),
  };
}
