import type { GroupcallResource, LegResource, PublicEvent } from '@groupcall/groupcall';
import { NEVER, parseTimestamp } from '@groupcall/shared';
import type { Expectation, StateText } from './format.js';
import { inOrder, type Labels } from './labels.js';
import type { Snapshot, Speech } from './observe.js';
import type { GatewayOrder } from './scripted-gateway.js';

/** All that an expectation may speak of. */
export interface Seen {
  readonly snapshot: Snapshot;
  readonly orders: readonly GatewayOrder[];
  readonly events: readonly PublicEvent[];
  readonly living: number;
  readonly labels: Labels;
  readonly speech: Speech;
}

/** Compares what is expected with what is; the answer is empty when they agree. */
export function check(expected: Expectation, seen: Seen, complete: boolean): string[] {
  const problems: string[] = [];
  const differ = (what: string, wanted: unknown, found: unknown) => {
    const [a, b] = [JSON.stringify(wanted), JSON.stringify(found)];
    if (a !== b) problems.push(`${what}: expected ${a}, found ${b}`);
  };
  const { snapshot } = seen;
  states('groupcall', expected.groupcalls, snapshot.groupcalls);
  states('leg', expected.legs, snapshot.legs);
  if (expected.tally) differ('tally', sorted(expected.tally), sorted(tallyOf(expected.tally, seen)));
  if (expected.dialed) differ('dialed', expected.dialed, dialedOf(seen));
  if (expected.hung_up) differ('hung up', [...expected.hung_up].sort(inOrder), hungUpOf(seen));
  if (expected.events) differ('events', expected.events.map(inAnyOrder), grouped(expected.events, eventsOf(seen)));
  if (expected.event_counts) differ('event counts', sorted(expected.event_counts), sorted(countsOf(expected.event_counts, seen)));
  if (expected.late_answers !== undefined) differ('late answers', expected.late_answers, snapshot.lateAnswers);
  if (expected.living !== undefined) differ('living calls', expected.living, seen.living);
  return problems;

  function states(what: string, wanted: Record<string, StateText> | undefined, found: ReadonlyMap<string, GroupcallResource | LegResource>): void {
    if (!wanted) return;
    if (complete) differ(`${what}s`, Object.keys(wanted).sort(inOrder), [...found.keys()].sort(inOrder));
    for (const [label, text] of Object.entries(wanted)) {
      const resource = found.get(label);
      if (!resource) problems.push(`${what} ${label}: there is none`);
      else for (const [key, value] of Object.entries(typeof text === 'string' ? { is: text } : text)) state(`${what} ${label}`, key, value, resource);
    }
  }

  function state(place: string, key: string, value: unknown, resource: GroupcallResource | LegResource): void {
    if (key === 'is') differ(place, value, seen.speech.state(resource, String(value).split(' ').length));
    else if (!(key in resource)) problems.push(`${place}: has no ${key}`);
    else differ(`${place}.${key}`, value, seen.speech.value(key, resource[key as keyof typeof resource]));
  }
}

/** `groupcall_call_hangup` of leg 1.0 → `call_hangup 1.0`. */
export function eventText({ type, data, leg }: PublicEvent, labels: Labels): string {
  return `${type.replace('groupcall_', '')} ${labels.of(leg?.id ?? data.id)}`;
}

function eventsOf({ events, labels }: Seen): string[] {
  return events.filter(({ data }) => !labels.of(data.id).includes('/')).map((event) => eventText(event, labels));
}

function countsOf(wanted: Record<string, number>, seen: Seen): Record<string, number> {
  const counts = Object.fromEntries(Object.keys(wanted).map((key) => [key, 0]));
  for (const { type } of seen.events) {
    const key = type.replace('groupcall_', '');
    if (key in counts) counts[key] += 1;
  }
  return counts;
}

/** The actual events cut into pieces as long as the expected ones, so that an inner list may come in any order. */
function grouped(expected: NonNullable<Expectation['events']>, actual: string[]): unknown[] {
  const rest = [...actual];
  const pieces: unknown[] = expected.map((one) => (typeof one === 'string' ? rest.shift() : inAnyOrder(rest.splice(0, one.length))));
  return [...pieces, ...rest];
}

function inAnyOrder(one: string | readonly string[]): string | string[] {
  return typeof one === 'string' ? one : [...one].sort(inOrder);
}

/** What the gateway was asked to place: by the moment at which it was decided; of one moment, by label. */
function dialedOf({ orders, snapshot, labels }: Seen): string[] {
  return orders
    .filter((order) => order.kind === 'dial' && order.outcome !== 'known')
    .map(({ id }) => labels.of(id))
    .sort((a, b) => momentOf(a) - momentOf(b) || inOrder(a, b));

  function momentOf(label: string): number {
    return parseTimestamp(snapshot.legs.get(label)?.tm_create ?? NEVER) ?? 0;
  }
}

function hungUpOf({ orders, labels }: Seen): string[] {
  return orders.flatMap((order) => (order.kind === 'hangup' ? [`${labels.of(order.id)} ${order.reason}`] : [])).sort(inOrder);
}

/** Legs by the number of words that the expectation uses for all its keys; legs it does not name are counted as well. */
function tallyOf(wanted: Record<string, number>, { snapshot, speech }: Seen): Record<string, number> {
  const words = Math.max(...Object.keys(wanted).map((key) => key.split(' ').length));
  const counts: Record<string, number> = {};
  for (const leg of snapshot.legs.values()) {
    const text = speech.state(leg, words);
    counts[text] = (counts[text] ?? 0) + 1;
  }
  return counts;
}

function sorted<T>(record: Record<string, T>): [string, T][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The order of a list that is newest first: what was created at one moment may stand in any order. */
export function newestFirst(list: readonly GroupcallResource[], labels: Labels): string[] {
  return [...list]
    .sort((a, b) => parseTimestamp(b.tm_create)! - parseTimestamp(a.tm_create)! || inOrder(labels.of(a.id), labels.of(b.id)))
    .map(({ id }) => labels.of(id));
}
