/** What a server tells at `/metrics`: values by name and label. */
export type Scrape = ReadonlyMap<string, number>;

/** A dashboard of Grafana, as far as it is looked at here. */
export interface Dashboard {
  readonly panels: readonly { readonly targets?: readonly { readonly expr: string }[] }[];
}

const OURS = /\b(?:groupcall|process|nodejs)_[a-z0-9_]+\b/g;
/** Gauges that are 0 when nothing is to be done. */
const OF_REST = ['groupcall_outbox_pending', 'groupcall_outbox_dead', 'groupcall_mailbox_commands'];

export function parseMetrics(text: string): Scrape {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const end = line.lastIndexOf(' ');
      return [line.slice(0, end), Number(line.slice(end + 1))];
    }),
  );
}

/** @returns the names of what the dashboard draws, each once */
export function drawnBy({ panels }: Dashboard): string[] {
  const drawn = panels.flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => expr.match(OURS) ?? []));
  return [...new Set(drawn)];
}

/** Whatever the dashboard draws is told by every server. @returns a line for each server that leaves something out */
export function untold(scrapes: readonly Scrape[], dashboard: Dashboard): string[] {
  return scrapes.flatMap((scrape, index) => {
    const told = new Set([...scrape.keys()].map((key) => key.replace(/\{.*/, '')));
    const missing = drawnBy(dashboard).filter((name) => !told.has(name));
    return missing.length > 0 ? [`server ${index + 1} does not tell ${missing.join(', ')}`] : [];
  });
}

/** @returns a line for whatever is still to be done, or not told */
export function unrest(scrapes: readonly Scrape[]): string[] {
  return scrapes.flatMap((scrape, index) =>
    OF_REST.filter((name) => scrape.get(name) !== 0).map(
      (name) => `${name} of server ${index + 1} is ${scrape.get(name)}`,
    ),
  );
}

/** What only a fault makes necessary, and of what: so many in a thousand may be there because something came late. */
const REPAIRS = [
  { name: 'groupcall_orphan_calls_total', of: 'groupcall_legs_dialed_total', most: 0 },
  { name: 'groupcall_reconciled_total', of: 'groupcall_legs_dialed_total', most: 1 },
  { name: 'groupcall_late_answers_total', of: 'groupcall_legs_dialed_total', most: 0 },
  { name: 'groupcall_alarms_swept_total', of: 'groupcall_alarms_timed_total', most: 10 },
] as const;

/** In a run without faults nothing has to be repaired. @returns a line for whatever was, more often than it may be */
export function needlessRepairs(scrapes: readonly Scrape[]): string[] {
  const sum = (name: string) => scrapes.reduce((total, one) => total + (one.get(name) ?? NaN), 0);
  return REPAIRS.filter(({ name, of, most }) => !(sum(name) <= (sum(of) * most) / 1_000)).map(
    ({ name, of, most }) =>
      `${name} is ${sum(name)} although nothing was lost, allowed are ${most} in a thousand of ${of}, which is ${sum(of)}`,
  );
}
