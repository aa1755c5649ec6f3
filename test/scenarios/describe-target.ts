import { randomUUID } from 'node:crypto';
import { play } from './play.js';
import { readScenarios } from './read-scenarios.js';
import { report, type Verdict } from './report.js';
import type { TargetName } from './format.js';
import type { Target } from './world.js';

/** Plays every scenario on one target, and prints the table in the end. */
export function describeScenarios(name: TargetName, start: () => Promise<Target>): void {
  const files = readScenarios();
  const verdicts: Record<string, Verdict> = {};
  let target: Target;
  // No two runs on one database share a customer.
  const salt = randomUUID();

  describe(`every scenario on: ${name}`, () => {
    beforeAll(async () => {
      target = await start();
    }, 120_000);
    afterAll(async () => {
      await target.close();
      process.stdout.write(`\n${report(files, name, verdicts)}\n`);
    }, 60_000);

    describe.each(files)('$theme', ({ theme, scenarios }) => {
      for (const scenario of scenarios) {
        const key = `${theme}: ${scenario.name}`;
        // What a target cannot express is no test of it; the table says so, and format.unit.spec.ts keeps it rare.
        if (scenario.skip?.[name] !== undefined) {
          verdicts[key] = 'n/a';
          continue;
        }
        it(
          scenario.name,
          async () => {
            verdicts[key] = 'FAIL';
            await play(target, scenario, salt);
            verdicts[key] = 'pass';
          },
          60_000,
        );
      }
    });
  });
}
