import { check, Differences } from './checks.js';
import { brokenEventRules } from './event-invariants.js';
import type { Actions, Expectation, Scenario } from './format.js';
import { brokenRules } from './invariants.js';
import { inOrder } from './labels.js';
import type { Snapshot } from './observe.js';
import { Performer, type Performed } from './performer.js';
import { Stage } from './stage.js';
import { Words } from './words.js';
import type { Outcome, Target } from './world.js';

/** Plays one scenario. @throws Error that lists everything that came out otherwise */
export async function play(target: Target, scenario: Scenario, salt: string): Promise<void> {
  const stage = await Stage.open(target, scenario, new Words(`${salt}/${scenario.name}`));
  let problems: string[];
  try {
    problems = await new Play(stage).through(scenario);
  } finally {
    await stage.world.close();
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

class Play {
  private readonly performer: Performer;
  private before: Snapshot | undefined;

  constructor(private readonly stage: Stage) {
    this.performer = new Performer(stage);
  }

  /** Stops at the first step that goes wrong; what follows from it helps nobody. */
  async through({ request, steps = [], expect: end }: Scenario): Promise<string[]> {
    const first: Actions[] = request ? [{ create: { body: request } }] : [];
    for (const step of [...first, ...steps]) {
      const problems = await this.step(step);
      if (problems.length > 0) return problems.map((problem) => `${placeOf(step)}: ${problem}`);
    }
    const problems = await this.compare(end, true);
    return problems.map((problem) => `in the end: ${problem}`);
  }

  private async step(step: Actions & { at?: number; expect?: Expectation }): Promise<string[]> {
    const { world, start } = this.stage;
    if (step.at !== undefined) await world.advanceTo(start + step.at);
    const performed = await this.performer.perform(step);
    await world.settle();
    return [
      ...this.resultsOf(performed, step.expect ?? {}),
      ...(await this.compare(step.expect ?? {}, false)),
    ];
  }

  private resultsOf({ outcomes, made, listed }: Performed, expected: Expectation): string[] {
    const { result, results } = expected;
    const found = new Differences();
    const all = outcomes.map(wordOf);
    const words = [...new Set(all)].sort(inOrder);
    const fields = outcomes.flatMap((outcome) => (outcome.ok ? [] : outcome.fields)).sort(inOrder);
    if (results) {
      const counts = words.map((one) => [one, all.filter((other) => other === one).length]);
      found.note(
        'results',
        Object.entries(results).sort(([a], [b]) => inOrder(a, b)),
        counts,
      );
    } else if (result === undefined) {
      found.note(
        'refusals',
        [],
        outcomes.filter(({ ok }) => !ok),
      );
    } else if (typeof result === 'string') {
      found.note('result', [result], words);
    } else if ('same_as' in result) {
      found.note('the groupcall', result.same_as, this.stage.labels.of(made ?? ''));
    } else {
      found.note('result', [result.error], words);
      if (result.fields) found.note('fields', [...result.fields].sort(inOrder), fields);
    }
    if (expected.listed) found.note('listed', expected.listed, listed);
    if (expected.listed_count !== undefined)
      found.note('listed_count', expected.listed_count, listed?.length);
    return found.texts;
  }

  private async compare(expected: Expectation, complete: boolean): Promise<string[]> {
    const { stage, before } = this;
    const { gateway } = stage.world;
    const snapshot = await stage.look();
    const events = stage.events();
    this.before = snapshot;
    const living = gateway.living().length;
    const seen = {
      snapshot,
      orders: gateway.orders,
      events,
      living,
      labels: stage.labels,
      speech: stage.speech(),
    };
    return [
      ...brokenRules(snapshot, before, stage.labels),
      // Events that nobody delivers break no rule.
      ...(this.performer.relayRuns ? brokenEventRules(snapshot, events, stage.labels) : []),
      ...check(expected, seen, complete),
    ];
  }
}

/** `won`, `CONFLICT`; of an answer that is a resource it is enough that there was one. */
function wordOf(outcome: Outcome): string {
  if (!outcome.ok) return outcome.error;
  return typeof outcome.value === 'string' ? outcome.value : 'ok';
}

function placeOf({ expect: _expect, ...step }: Actions & { expect?: Expectation }): string {
  return JSON.stringify(step).slice(0, 120);
}
