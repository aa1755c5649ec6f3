import type { GroupcallResource, LegResource } from '@groupcall/groupcall';
import { NEVER, NIL_UUID } from '@groupcall/shared';
import { inOrder, type Labels } from './labels.js';
import { isBelow, rootsOf, type Snapshot } from './observe.js';

/** SPEC 2, in this order. */
const GROUPCALL_KEYS =
  'id customer_id owner_type owner_id status flow_id source destinations master_call_id master_groupcall_id ring_method answer_method answer_call_id call_ids answer_groupcall_id groupcall_ids call_count groupcall_count dial_index tm_create tm_update tm_delete dial_timeout hangup_reason';
const LEG_KEYS =
  'id groupcall_id customer_id destination destination_index status hangup_reason hangup_by tm_create tm_dial tm_ringing tm_answer tm_hangup dial_deadline';
const STATUSES = ['progressing', 'hangingup', 'hangup'];
const LEG_STATUSES = ['planned', 'dialing', 'ringing', 'progressing', 'hangingup', 'hangup'];
/** May still be answered, or talk. */
const ACTIVE = ['planned', 'dialing', 'ringing', 'progressing'];

/** What SPEC 2 and 4 say of every tree at every moment, whatever the scenario is about. Empty when all of it holds. */
export function brokenRules(now: Snapshot, before: Snapshot | undefined, labels: Labels): string[] {
  const rules = new Rules(now, labels);
  for (const [label, groupcall] of now.groupcalls) {
    rules.ofGroupcall(label, groupcall);
    const earlier = before?.groupcalls.get(label);
    if (earlier) rules.onlyForward(label, earlier, groupcall);
  }
  for (const [label, leg] of now.legs) {
    rules.must(keysOf(leg) === LEG_KEYS, `leg ${label}: keys are ${keysOf(leg)}`);
    const earlier = before?.legs.get(label);
    if (earlier) rules.legOnlyForward(label, earlier, leg);
  }
  for (const root of rootsOf(now)) rules.oneWinner(root);
  return rules.broken;
}

class Rules {
  readonly broken: string[] = [];

  constructor(
    private readonly now: Snapshot,
    private readonly labels: Labels,
  ) {}

  must(holds: boolean, text: string): void {
    if (!holds) this.broken.push(text);
  }

  ofGroupcall(label: string, groupcall: GroupcallResource): void {
    const { call_count, groupcall_count, status, hangup_reason } = groupcall;
    const legs = [...this.now.legs.values()].filter((leg) => leg.groupcall_id === groupcall.id);
    const children = [...this.now.groupcalls.values()].filter(
      (one) => one.master_groupcall_id === groupcall.id,
    );
    this.must(keysOf(groupcall) === GROUPCALL_KEYS, `${label}: keys are ${keysOf(groupcall)}`);
    this.must(call_count === legs.filter(isLive).length, `${label}: call_count is ${call_count}`);
    this.must(
      groupcall_count === children.filter(isLive).length,
      `${label}: groupcall_count is ${groupcall_count}`,
    );
    this.inDestinationOrder(`${label}.call_ids`, groupcall.call_ids, legs);
    this.inDestinationOrder(`${label}.groupcall_ids`, groupcall.groupcall_ids, children);
    this.answeredOnce(label, groupcall, legs, children);
    if (groupcall.ring_method === 'linear') this.oneAtATime(label, legs, children);
    this.must(
      status !== 'hangup' || ![...legs, ...children].some(isLive),
      `${label} has ended with something alive in it`,
    );
    this.must(
      (hangup_reason !== '') === (status === 'hangup'),
      `${label}: reason "${hangup_reason}" while ${status}`,
    );
  }

  onlyForward(label: string, was: GroupcallResource, is: GroupcallResource): void {
    this.must(
      STATUSES.indexOf(is.status) >= STATUSES.indexOf(was.status),
      `${label} went back to ${is.status}`,
    );
    for (const key of ['answer_call_id', 'answer_groupcall_id'] as const) {
      this.must(was[key] === NIL_UUID || was[key] === is[key], `${label}: ${key} has changed`);
    }
    for (const id of [...was.call_ids, ...was.groupcall_ids]) {
      this.must(
        [...is.call_ids, ...is.groupcall_ids].includes(id),
        `${label} has lost ${this.labels.of(id)}`,
      );
    }
    if (was.status !== 'hangup') return;
    this.must(withoutMarks(was) === withoutMarks(is), `${label} has changed after its end`);
    this.must(was.tm_delete === NEVER || was.tm_delete === is.tm_delete, `${label} was deleted twice`);
  }

  legOnlyForward(label: string, was: LegResource, is: LegResource): void {
    this.must(
      LEG_STATUSES.indexOf(is.status) >= LEG_STATUSES.indexOf(was.status),
      `leg ${label} went back to ${is.status}`,
    );
    this.must(
      was.status !== 'hangup' || JSON.stringify(was) === JSON.stringify(is),
      `leg ${label} has changed after its end`,
    );
    for (const key of ['tm_dial', 'tm_ringing', 'tm_answer', 'tm_hangup'] as const) {
      this.must(was[key] === NEVER || was[key] === is[key], `leg ${label}: ${key} was written twice`);
    }
  }

  /** One winner in the tree, and the ids lead from the root to it. */
  oneWinner(root: GroupcallResource): void {
    const within = [...this.now.groupcalls.values()].filter(({ id }) => isBelow(this.now, id, root.id));
    const winners = within.filter((one) => one.answer_call_id !== NIL_UUID);
    const talking = [...this.now.legs.values()].filter(
      (leg) => leg.status === 'progressing' && isBelow(this.now, leg.groupcall_id, root.id),
    );
    this.must(winners.length <= 1, `${this.labels.of(root.id)} has ${winners.length} winners`);
    this.must(
      talking.every(({ id }) => id === winners[0]?.answer_call_id),
      `${this.labels.of(root.id)}: somebody talks who has not won`,
    );
    let one: GroupcallResource | undefined = root;
    while (one && winners.length > 0 && one.id !== winners[0].id) {
      const next: string = one.answer_groupcall_id;
      one = within.find(({ id }) => id === next);
      this.must(one !== undefined, `${this.labels.of(root.id)} does not lead to the winner`);
    }
  }

  private inDestinationOrder(place: string, ids: string[], members: readonly { id: string }[]): void {
    const found = ids.map((id) => this.labels.of(id)).join();
    const wanted = members
      .map(({ id }) => this.labels.of(id))
      .sort(inOrder)
      .join();
    this.must(found === wanted, `${place} are ${found}, not ${wanted}`);
  }

  private answeredOnce(
    label: string,
    groupcall: GroupcallResource,
    legs: LegResource[],
    children: GroupcallResource[],
  ): void {
    const { answer_call_id: call, answer_groupcall_id: child } = groupcall;
    this.must(call === NIL_UUID || child === NIL_UUID, `${label} was answered by a leg and by a child`);
    const leg = legs.find(({ id }) => id === call);
    this.must(
      call === NIL_UUID || (leg !== undefined && leg.tm_answer !== NEVER),
      `${label}: answer_call_id is none of its answered legs`,
    );
    const answered = children.find(({ id }) => id === child);
    this.must(
      child === NIL_UUID || (answered !== undefined && isAnswered(answered)),
      `${label}: answer_groupcall_id is no answered child of it`,
    );
  }

  private oneAtATime(label: string, legs: LegResource[], children: GroupcallResource[]): void {
    const rings = (child: GroupcallResource) =>
      child.status === 'progressing' &&
      [...this.now.legs.values()].some(
        (leg) => ACTIVE.includes(leg.status) && isBelow(this.now, leg.groupcall_id, child.id),
      );
    const active = [...legs.filter(({ status }) => ACTIVE.includes(status)), ...children.filter(rings)];
    this.must(
      active.length <= 1,
      `${label} is linear and has ${active.map(({ id }) => this.labels.of(id)).join(' and ')} at once`,
    );
  }
}

export function isAnswered({ answer_call_id, answer_groupcall_id }: GroupcallResource): boolean {
  return answer_call_id !== NIL_UUID || answer_groupcall_id !== NIL_UUID;
}

function isLive({ status }: { status: string }): boolean {
  return status !== 'hangup';
}

function keysOf(resource: object): string {
  return Object.keys(resource).join(' ');
}

function withoutMarks({ tm_delete: _delete, tm_update: _update, ...rest }: GroupcallResource): string {
  return JSON.stringify(rest);
}
