/** Everything that begins like this is meant for us, so an unknown one is a mistake. */
const OUR_PREFIXES = ['LIMIT_', 'JWT_', 'DIAL_', 'CALL_GATEWAY'];
/** Shorter names are too close to other programs' variables to be called misspelled. */
const SHORTEST_GUESS = 6;

/**
 * The first variable that looks like one of ours and is none, with the one it probably means.
 * A misspelled limit would otherwise be no limit, silently.
 */
export function findMisspelled(
  env: Readonly<Record<string, string | undefined>>,
  known: readonly string[],
): { name: string; meant: string | undefined } | undefined {
  for (const name of Object.keys(env).sort()) {
    if (known.includes(name)) continue;
    const upper = name.toUpperCase();
    const meant = known.find((one) => one === upper) ?? closest(upper, known);
    if (meant !== undefined || OUR_PREFIXES.some((prefix) => upper.startsWith(prefix)))
      return { name, meant };
  }
  return undefined;
}

function closest(name: string, known: readonly string[]): string | undefined {
  if (name.length < SHORTEST_GUESS) return undefined;
  const near = known
    .filter((one) => one.length >= SHORTEST_GUESS)
    .map((one) => ({ one, distance: editDistance(name, one) }))
    .filter(({ one, distance }) => distance <= (one.length >= 10 ? 2 : 1))
    .sort((a, b) => a.distance - b.distance);
  return near[0]?.one;
}

/** Letters to insert, remove, replace or swap with their neighbour. */
export function editDistance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i, ...Array<number>(b.length).fill(0)]);
  for (let j = 0; j <= b.length; j += 1) rows[0][j] = j;
  for (let i = 1; i <= a.length; i += 1) {
    for (let j = 1; j <= b.length; j += 1) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + change);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, rows[i - 2][j - 2] + 1);
      }
      rows[i][j] = least;
    }
  }
  return rows[a.length][b.length];
}
