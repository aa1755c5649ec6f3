import assert from 'node:assert/strict';
import { decide, type Decision } from '../../domain/decide.js';
import type { Effect } from '../../domain/effect.js';
import { GroupcallError, type ErrorReason } from '../../domain/groupcall-error.js';
import { toGroupcallResource, type GroupcallResource } from '../../domain/groupcall-resource.js';
import { toLegResource, type LegResource } from '../../domain/leg-resource.js';
import type { TreeEvent } from '../../domain/tree-event.js';
import { emptyTree, type TreeState } from '../../domain/tree-state.js';
import type { DecisionContext } from '../../domain/turn.js';
import { DEFAULT_LIMITS } from '../../groupcall.options.js';
import { uuidOf } from './destinations.js';
import { groupcallNamed, legNamed } from './names.js';
import { observe, type Expected } from './observe.js';
import { CUSTOMER, type Step } from './steps.js';

/** What the steps of the last `when` came to together. */
export interface Outcome {
  /** What has happened. */
  readonly events: readonly TreeEvent[];
  /** What the world must do. */
  readonly effects: readonly Effect[];
  /** What the sender of the last command was told. */
  readonly result: unknown;
  /** Why it was refused; null: it was not. */
  readonly refusal: GroupcallError | null;
}

const NOTHING: Outcome = { events: [], effects: [], result: undefined, refusal: null };

/**
 * The story of one tree, told in steps: `given(…).when(…).then({ … })`. Every step is decided by the real rules; there
 * is no database, no gateway and no real time. A scenario is never changed: each step makes a new one, so several
 * stories may go on from the same beginning.
 */
export class Scenario {
  private constructor(
    /** The tree as it is. */
    readonly state: TreeState,
    private readonly context: DecisionContext,
    /** Of the last step. */
    readonly outcome: Outcome,
  ) {}

  /** A story about nothing yet. */
  static begin(): Scenario {
    const context = { now: Date.UTC(2026, 0, 1, 12), limits: DEFAULT_LIMITS, mayPlanLegs: true };
    return new Scenario(emptyTree(uuidOf('root'), CUSTOMER), context, NOTHING);
  }

  /** Epoch ms. */
  get now(): number {
    return this.context.now;
  }

  /** These happen, one after the other. A refused command ends the row of steps: see {@link thenRefused}. */
  when(...steps: readonly Step[]): Scenario {
    let next = new Scenario(this.state, this.context, NOTHING);
    for (const step of steps) {
      if (next.outcome.refusal) next.fail('a step follows a refused one');
      next = next.take(step);
    }
    return next;
  }

  /**
   * Exactly this has come of the last `when`. What is not named is not looked at.
   * @throws AssertionError with the difference
   */
  then(expected: Expected): this {
    if (this.outcome.refusal) throw this.outcome.refusal;
    assert.deepStrictEqual(observe(this, expected), expected);
    return this;
  }

  /** The last `when` has changed nothing and asked nothing of the world. */
  thenNothing(): this {
    if (this.outcome.refusal) throw this.outcome.refusal;
    assert.deepStrictEqual(
      { events: this.outcome.events, effects: this.outcome.effects },
      { events: [], effects: [] },
    );
    return this;
  }

  /** The last step was refused, and the tree is as it was. */
  thenRefused(reason: ErrorReason, message?: RegExp): this {
    const { refusal, events, effects } = this.outcome;
    if (!refusal) this.fail(`nothing was refused; the result was ${JSON.stringify(this.outcome.result)}`);
    assert.equal(refusal.reason, reason);
    if (message) assert.match(refusal.message, message);
    assert.deepStrictEqual({ events, effects }, { events: [], effects: [] });
    return this;
  }

  /** The groupcall of that name (`root`, or the name of its destination) as the world sees it now. */
  groupcall(name: string): GroupcallResource {
    return toGroupcallResource(groupcallNamed(this.state, name));
  }

  /** The leg of the phone of that name as the world sees it now. */
  leg(name: string): LegResource {
    return toLegResource(legNamed(this.state, name));
  }

  private take(step: Step): Scenario {
    const { pass = 0, limits, mayPlanLegs = this.context.mayPlanLegs, command } = step(this);
    const context: DecisionContext = {
      now: this.context.now + pass,
      limits: { ...this.context.limits, ...limits },
      mayPlanLegs,
    };
    if (!command) return new Scenario(this.state, context, this.outcome);
    let decision: Decision;
    try {
      decision = decide(this.state, command, context);
    } catch (error) {
      if (!(error instanceof GroupcallError)) throw error;
      return new Scenario(this.state, context, { ...this.outcome, refusal: error });
    }
    return new Scenario({ ...decision.state, version: this.state.version + 1 }, context, {
      events: [...this.outcome.events, ...decision.events],
      effects: [...this.outcome.effects, ...decision.effects],
      result: decision.result,
      refusal: null,
    });
  }

  private fail(what: string): never {
    throw new assert.AssertionError({ message: `Scenario: ${what}.` });
  }
}

/**
 * The beginning of a story: what had happened before it gets interesting.
 * @throws GroupcallError when one of the steps is refused
 */
export function given(...steps: readonly Step[]): Scenario {
  const scenario = Scenario.begin().when(...steps);
  if (scenario.outcome.refusal) throw scenario.outcome.refusal;
  return scenario;
}
