import { NIL_UUID } from '../../libs/shared/src/index.js';
import { SHARED_LENGTH } from '../../libs/groupcall/src/domain/member-id.js';
import type { Columns } from '../../libs/groupcall/src/adapters/typeorm/commit-columns.js';
import {
  BUNDLE,
  CHANGED_SPEC,
  NEW_SPEC,
  STORED_TREE,
} from '../../libs/groupcall/src/adapters/typeorm/postgres/stored-columns.js';
import { CUSTOMER } from '../load/shape.js';
import { ANSWERED_ELSEWHERE, type BareTree } from './bare-tree.js';

type Values = Readonly<Record<string, (tree: BareTree) => unknown>>;

const OF_TREE: Values = {
  root_id: ({ rootId }) => rootId,
  customer_id: () => CUSTOMER,
  master_call_id: () => NIL_UUID,
  member_base: () => null,
  version: ({ version }) => version,
  event_sequence: ({ eventSequence }) => eventSequence,
  winner_leg_id: (tree) => (tree.winner === 0 ? null : tree.legId(tree.winner)),
  late_answers: () => 0,
  next_alarm_at: ({ winner, tmCreate, dialTimeout }) => (winner === 0 ? tmCreate + dialTimeout : null),
  live: ({ hasEnded }) => !hasEnded,
  deleted: () => false,
  idempotency_key: () => null,
  request_fingerprint: () => null,
  tm_create: ({ tmCreate }) => tmCreate,
  delta: ({ live, liveBefore }) => live - liveBefore,
  members: ({ members }) => members,
};

const OF_SPEC: Values = {
  id: ({ rootId }) => rootId,
  root_id: ({ rootId }) => rootId,
  destinations: ({ version, destinations }) => (version === 0 ? destinations : null),
  owner_type: () => '',
  owner_id: () => NIL_UUID,
  status: ({ hasEnded }) => (hasEnded ? 'hangup' : 'progressing'),
  ring_method: () => 'ring_all',
  origin: () => '',
  hangup_reason: ({ hasEnded }) => (hasEnded ? 'normal' : ''),
  tm_delete: () => null,
  customer_id: () => CUSTOMER,
  flow_id: () => NIL_UUID,
  source: ({ source }) => source,
  master_call_id: () => NIL_UUID,
  master_groupcall_id: () => NIL_UUID,
  destination_index: () => 0,
  answer_method: () => 'hangup_others',
  dial_timeout: ({ dialTimeout }) => dialTimeout,
  tm_create: ({ tmCreate }) => tmCreate,
  ordinal: () => 0,
};

const OF_BUNDLE: Values = {
  root_id: ({ rootId }) => rootId,
  customer_id: () => CUSTOMER,
  version: ({ version }) => version + 1,
  lanes: (tree) => `{${tree.effects!.legs.map((leg) => tree.legId(leg).slice(SHARED_LENGTH)).join(',')}}`,
  known: ({ held }) => `{${held.join(',')}}`,
  effects: ({ effects, eventSequence }) =>
    JSON.stringify([
      null,
      0,
      eventSequence,
      [],
      [],
      [],
      effects!.kind === 'dial' ? effects!.legs : effects!.legs.map((leg) => [leg, ANSWERED_ELSEWHERE, 0]),
    ]),
  effect_count: ({ effects }) => effects!.legs.length,
};

/** The engine's own columns, with this engine's values. @throws Error for a column that it does not know */
function columnsLike<T>(columns: Columns<T>, values: Values): Columns<BareTree> {
  return Object.fromEntries(
    Object.entries(columns).map(([name, [type]]) => {
      if (!values[name]) throw new Error(`The bare engine has nothing for the column ${name}.`);
      return [name, [type, values[name]] as const];
    }),
  );
}

/** What a bare tree writes, for the engine's own tables. */
export const BARE_COLUMNS = {
  trees: columnsLike(STORED_TREE, OF_TREE),
  newSpecs: columnsLike(NEW_SPEC, OF_SPEC),
  changedSpecs: columnsLike(CHANGED_SPEC, OF_SPEC),
  bundles: columnsLike(BUNDLE, OF_BUNDLE),
};
