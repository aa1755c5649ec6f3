import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkScenarios } from './check-format.js';
import type { Scenario } from './format.js';

export interface ScenarioFile {
  /** Without `.json`. */
  readonly theme: string;
  readonly scenarios: readonly Scenario[];
}

/** All scenario files beside this one, in order of their names. @throws Error for anything that the format does not know */
export function readScenarios(): ScenarioFile[] {
  return readdirSync(__dirname)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => ({
      theme: name.replace('.json', ''),
      scenarios: checkScenarios(name, JSON.parse(readFileSync(join(__dirname, name), 'utf8'))),
    }));
}
