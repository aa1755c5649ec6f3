import type { Defect } from './defect.js';
import { DEFECTS } from './defects.js';
import { DEFECTS_OF_ADAPTERS } from './defects-of-adapters.js';

/** What the fault laboratory must notice with real processes, and the run that does it. */
export interface LaboratoryDefect extends Defect {
  readonly run: readonly string[];
}

const ON_POSTGRES = ['--kills', '24', '--seed', '5'];
const ON_MARIADB = ['--database', 'mariadb', ...ON_POSTGRES];

const RUNS: Readonly<Record<string, readonly string[]>> = {
  'PostgreSQL: the stored version is not compared': ON_POSTGRES,
  'PostgreSQL: a claim never runs out': ON_POSTGRES,
  'MariaDB: a claim never runs out': ON_MARIADB,
  'commands are answered before the commit is known': ON_POSTGRES,
  'an effect is acknowledged before it is done': ON_POSTGRES,
  'losers are not hung up': ON_MARIADB,
};

export const DEFECTS_FOR_THE_LABORATORY: readonly LaboratoryDefect[] = Object.entries(RUNS).map(
  ([name, run]) => {
    const defect = [...DEFECTS, ...DEFECTS_OF_ADAPTERS].find((one) => one.name === name);
    if (!defect) throw new Error(`There is no defect "${name}" any more.`);
    return { ...defect, run };
  },
);

/** The same runs without a defect must find nothing. */
export const HEALTHY_RUNS = [ON_POSTGRES, ON_MARIADB];
