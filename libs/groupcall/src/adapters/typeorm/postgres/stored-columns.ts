import { memberNumber } from '../../../domain/member-id.js';
import type { GroupcallState } from '../../../domain/tree-state.js';
import type { BundleReceipt } from '../../../ports/effect-outbox.port.js';
import type { TreeTurn } from '../../../ports/groupcall-store.port.js';
import { CHANGED_GROUPCALL, NEW_GROUPCALL, TREE, type Columns, type Written } from '../commit-columns.js';
import type { WrittenBlock } from './members.js';

/** A tree as a turn leaves it, with the text of its first members. */
export interface WrittenTree {
  readonly turn: TreeTurn;
  readonly members: string;
}

type Groupcall = Written<GroupcallState>;

export const STORED_TREE: Columns<WrittenTree> = {
  ...Object.fromEntries(
    Object.entries(TREE).map(([name, [type, valueOf]]) => [
      name,
      [type, ({ turn }: WrittenTree) => valueOf(turn)] as const,
    ]),
  ),
  members: ['text', ({ members }) => members],
};

/** Of a groupcall that was there before: what is not in its tree's members. */
export const CHANGED_SPEC: Columns<Groupcall> = pick(CHANGED_GROUPCALL, [
  'id',
  'root_id',
  'destinations',
  'owner_type',
  'owner_id',
  'status',
  'ring_method',
  'origin',
  'hangup_reason',
  'tm_delete',
]);

export const NEW_SPEC: Columns<Groupcall> = {
  ...CHANGED_SPEC,
  ...pick(NEW_GROUPCALL, [
    'customer_id',
    'flow_id',
    'source',
    'master_call_id',
    'master_groupcall_id',
    'destination_index',
    'answer_method',
    'dial_timeout',
    'tm_create',
  ]),
  ordinal: ['int', ({ rootId, now }) => (now.id === rootId ? 0 : memberNumber(now.id))],
};

export const MEMBERS: Columns<WrittenBlock> = {
  root_id: ['uuid', ({ rootId }) => rootId],
  block: ['int', ({ block }) => block],
  members: ['text', ({ members }) => members],
};

/** The effects of a turn in one piece. */
export interface WrittenBundle {
  readonly rootId: string;
  readonly customerId: string;
  readonly version: number;
  /** Arrays as text. */
  readonly lanes: string;
  readonly known: string;
  readonly effects: string;
  readonly count: number;
}

export const BUNDLE: Columns<WrittenBundle> = {
  root_id: ['uuid', ({ rootId }) => rootId],
  customer_id: ['uuid', ({ customerId }) => customerId],
  version: ['int', ({ version }) => version],
  lanes: ['text', ({ lanes }) => lanes],
  known: ['text', ({ known }) => known],
  effects: ['text', ({ effects }) => effects],
  effect_count: ['int', ({ count }) => count],
};

/** Of a bundle that is done. */
export const RECEIPT: Columns<BundleReceipt> = {
  root_id: ['uuid', ({ rootId }) => rootId],
  version: ['int', ({ version }) => version],
};

/** Whether anything of it is written besides its members' text. */
export function isChangedSpec({ now, old }: Groupcall): boolean {
  return (
    old === undefined ||
    now.status !== old.status ||
    now.hangupReason !== old.hangupReason ||
    now.tmDelete !== old.tmDelete ||
    now.destinations !== old.destinations ||
    now.ringMethod !== old.ringMethod ||
    now.origin !== old.origin ||
    now.ownerType !== old.ownerType ||
    now.ownerId !== old.ownerId
  );
}

function pick<T>(columns: Columns<T>, names: readonly string[]): Columns<T> {
  return Object.fromEntries(names.map((name) => [name, columns[name]]));
}
