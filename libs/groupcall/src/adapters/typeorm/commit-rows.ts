import type { Effect } from '../../domain/effect.js';
import type { GroupcallState, LegState } from '../../domain/tree-state.js';
import type { TreeTurn } from '../../ports/groupcall-store.port.js';
import { EFFECT_PRIORITY, urgentLanesOf } from '../effect-priority.js';
import type { Written } from './commit-columns.js';

export interface EffectRow extends Record<string, unknown> {
  readonly lane: string;
  readonly kind: Effect['kind'];
}

/** What a group of turns writes where each leg is a row: as it is, for the columns of `commit-columns.ts`. */
export interface CommitRows {
  readonly trees: readonly TreeTurn[];
  readonly newGroupcalls: Written<GroupcallState>[];
  readonly changedGroupcalls: Written<GroupcallState>[];
  readonly newLegs: Written<LegState>[];
  readonly changedLegs: Written<LegState>[];
  readonly effects: EffectRow[];
}

/** @param turns of different trees, in the order of their root ids */
export function commitRows(turns: readonly TreeTurn[]): CommitRows {
  const rows: CommitRows = {
    trees: turns,
    newGroupcalls: [],
    changedGroupcalls: [],
    newLegs: [],
    changedLegs: [],
    effects: [],
  };
  for (const turn of turns) {
    const { before, after } = turn;
    addChanges(after.rootId, before.groupcalls, after.groupcalls, rows.newGroupcalls, rows.changedGroupcalls);
    addChanges(after.rootId, before.legs, after.legs, rows.newLegs, rows.changedLegs);
    rows.effects.push(...effectRows(turn));
  }
  return rows;
}

/** Objects of a tree are replaced by a turn, never changed: another identity is another content (evolve). */
export function addChanges<T>(
  rootId: string,
  before: ReadonlyMap<string, T>,
  after: ReadonlyMap<string, T>,
  added: Written<T>[],
  changed: Written<T>[],
): void {
  let ordinal = 0;
  after.forEach((now, id) => {
    const old = before.get(id);
    if (now !== old) (old ? changed : added).push({ rootId, now, old, ordinal });
    ordinal += 1;
  });
}

/** Effects for everybody, one by one. */
export function effectRows({ after, effects }: TreeTurn): EffectRow[] {
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
