import type { Effect } from '../../domain/effect.js';
import type { GroupcallState, LegState } from '../../domain/tree-state.js';
import type { EffectHold, TreeTurn } from '../../ports/groupcall-store.port.js';
import { lanesIn, packEffects } from '../effect-bundle.js';
import { EFFECT_PRIORITY, urgentLanesOf } from '../effect-priority.js';
import type { Written } from './commit-columns.js';

interface EffectRow extends Record<string, unknown> {
  readonly lane: string;
  readonly kind: Effect['kind'];
}

/** What a group of turns writes: most of it as it is, for the columns of `commit-columns.ts`. */
export interface CommitRows {
  readonly trees: readonly TreeTurn[];
  readonly newGroupcalls: Written<GroupcallState>[];
  readonly changedGroupcalls: Written<GroupcallState>[];
  readonly newLegs: Written<LegState>[];
  readonly changedLegs: Written<LegState>[];
  /** Effects for everybody, one by one. */
  readonly effects: EffectRow[];
  /** The same in one piece per turn, for whoever commits them. */
  readonly bundles: object[];
}

/**
 * @param turns of different trees, in the order of their root ids
 * @param hold given when the effects are wanted in one piece per turn
 */
export function commitRows(turns: readonly TreeTurn[], hold?: EffectHold): CommitRows {
  const rows: CommitRows = {
    trees: turns,
    newGroupcalls: [],
    changedGroupcalls: [],
    newLegs: [],
    changedLegs: [],
    effects: [],
    bundles: [],
  };
  for (const turn of turns) {
    const { before, after } = turn;
    addChanges(after.rootId, before.groupcalls, after.groupcalls, rows.newGroupcalls, rows.changedGroupcalls);
    addChanges(after.rootId, before.legs, after.legs, rows.newLegs, rows.changedLegs);
    if (!hold) rows.effects.push(...effectRows(turn));
    else if (turn.effects.length > 0) rows.bundles.push(bundleRow(turn, hold));
  }
  return rows;
}

/** Objects of a tree are replaced by a turn, never changed: another identity is another content (evolve). */
function addChanges<T>(
  rootId: string,
  before: ReadonlyMap<string, T>,
  after: ReadonlyMap<string, T>,
  added: Written<T>[],
  changed: Written<T>[],
): void {
  let ordinal = 0;
  for (const [id, now] of after) {
    const old = before.get(id);
    if (now !== old) (old ? changed : added).push({ rootId, now, old, ordinal });
    ordinal += 1;
  }
}

function bundleRow({ after, effects }: TreeTurn, hold: EffectHold): object {
  return {
    root_id: after.rootId,
    customer_id: after.customerId,
    version: after.version,
    lanes: lanesIn(effects),
    known: hold.known(after.rootId),
    effects: packEffects(effects),
    effect_count: effects.length,
  };
}

function effectRows({ after, effects }: TreeTurn): EffectRow[] {
  const { rootId, customerId, version } = after;
  const urgent = urgentLanesOf(effects);
  return effects.map((effect, ordinal) =>
    effectRow({ rootId, customerId, version, ordinal, effect }, urgent),
  );
}

interface PlacedEffect {
  readonly rootId: string;
  readonly customerId: string;
  readonly version: number;
  readonly ordinal: number;
  readonly effect: Effect;
}

function effectRow({ effect, ...of }: PlacedEffect, urgent: ReadonlySet<string>): EffectRow {
  return {
    root_id: of.rootId,
    customer_id: of.customerId,
    lane: effect.lane,
    version: of.version,
    ordinal: of.ordinal,
    kind: effect.kind,
    priority: EFFECT_PRIORITY[urgent.has(effect.lane) ? 'hangup' : effect.kind],
    leg_id: 'legId' in effect ? effect.legId : null,
    payload: effect,
  };
}

/** An effect that was in a bundle, with what its holder has made of it. */
export interface UnpackedEffect extends PlacedEffect {
  readonly createdAt: number;
  readonly claimNo: number;
  readonly attempts: number;
  readonly nextAt: number;
  readonly error: string | null;
}

/** Effects that were in bundles, as rows of the outbox. */
export function outboxRows(effects: readonly UnpackedEffect[]): object[] {
  const urgent = urgentLanesOf(effects.map(({ effect }) => effect));
  return effects.map((one) => ({
    ...effectRow(one, urgent),
    created_at: one.createdAt,
    claim_no: one.claimNo,
    attempts: one.attempts,
    next_at: one.nextAt,
    last_error: one.error,
  }));
}
