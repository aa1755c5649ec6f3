import type { GroupcallResource, PublicEvent } from '@groupcall/groupcall';
import { NEVER } from '@groupcall/shared';
import { isAnswered } from './invariants.js';
import type { Labels } from './labels.js';
import { isBelow, rootsOf, type Snapshot } from './observe.js';

const ONCE_PER_LEG = ['groupcall_call_dialed', 'groupcall_call_ringing', 'groupcall_call_hangup'];

/** SPEC 5; events about a leg carry it as well. */
const EVENT_KEYS = 'type id sequence tm data';

/** What SPEC 5 says of the events of every tree. They must have been delivered, so the relay must be running. */
export function brokenEventRules(now: Snapshot, events: readonly PublicEvent[], labels: Labels): string[] {
  return rootsOf(now).flatMap((root) => {
    const own = events.filter(
      ({ data }) => now.groupcalls.has(labels.of(data.id)) && isBelow(now, data.id, root.id),
    );
    const groupcalls = [...now.groupcalls.values()].filter(({ id }) => isBelow(now, id, root.id));
    return [
      ...ofTree(labels.of(root.id), own),
      ...groupcalls.flatMap((one) => ofGroupcall(labels.of(one.id), one, own)),
    ];
  });
}

/** A sequence without gaps, ids to de-duplicate by, and nothing twice about a leg. */
function ofTree(name: string, own: readonly PublicEvent[]): string[] {
  const broken: string[] = [];
  if (own.some(({ sequence }, index) => sequence !== index + 1))
    broken.push(`${name}: sequence is ${own.map(({ sequence }) => sequence).join()}`);
  if (new Set(own.map(({ id }) => id)).size !== own.length) broken.push(`${name}: two events share an id`);
  for (const { leg: _leg, ...event } of own) {
    const keys = Object.keys(event).join(' ');
    if (keys !== EVENT_KEYS) broken.push(`${name}: keys of an event are ${keys}`);
  }
  for (const type of ONCE_PER_LEG) {
    const ids = own.filter((event) => event.type === type).map(({ leg }) => leg?.id);
    if (new Set(ids).size !== ids.length) broken.push(`${name}: ${type} twice about one leg`);
  }
  return broken;
}

/** Exactly one created, at most one progressing, exactly one hangup; created first, hangup last, children before parents. */
function ofGroupcall(name: string, groupcall: GroupcallResource, own: readonly PublicEvent[]): string[] {
  const about = own.filter(({ data }) => data.id === groupcall.id);
  const end = about.findIndex(({ type }) => type === 'groupcall_hangup');
  const times = (type: string) => about.filter((event) => event.type === type).length;
  const endOf = (id: string) =>
    own.findIndex(({ type, data }) => type === 'groupcall_hangup' && data.id === id);
  const parentEnd = endOf(groupcall.master_groupcall_id);
  const rules: [boolean, string][] = [
    [
      times('groupcall_created') === 1 && about[0].type === 'groupcall_created',
      'not exactly one created, first of all',
    ],
    [
      times('groupcall_progressing') === (isAnswered(groupcall) ? 1 : 0),
      `${times('groupcall_progressing')} times progressing`,
    ],
    [
      times('groupcall_hangup') === (groupcall.status === 'hangup' ? 1 : 0),
      `${times('groupcall_hangup')} times hangup`,
    ],
    [
      times('groupcall_deleted') === (groupcall.tm_delete === NEVER ? 0 : 1),
      `${times('groupcall_deleted')} times deleted`,
    ],
    [
      end < 0 || about.slice(end + 1).every(({ type }) => type === 'groupcall_deleted'),
      'goes on after its end',
    ],
    [end < 0 || about[end].data.status === 'hangup', 'its last event does not show the end'],
    [parentEnd < 0 || parentEnd > endOf(groupcall.id), 'ended after its parent'],
    [
      about.every(({ type, leg }) => type.startsWith('groupcall_call_') === (leg !== undefined)),
      'an event about a leg lacks it',
    ],
  ];
  return rules.filter(([holds]) => !holds).map(([, text]) => `events of ${name}: ${text}`);
}
