import type { GroupcallResource, LegResource, PublicEvent } from '@groupcall/groupcall';
import { NEVER, parseTimestamp } from '@groupcall/shared';
import type { Expectation, StateText } from './format.js';
import { inOrder, type Labels } from './labels.js';
import type { Snapshot, Speech } from './observe.js';
import type { GatewayOrder } from './gateway-behaviour.js';

/** All that an expectation may speak of. */
export interface Seen {
  readonly snapshot: Snapshot;
  readonly orders: readonly GatewayOrder[];
  readonly events: readonly PublicEvent[];
  readonly living: number;
  readonly labels: Labels;
  readonly speech: Speech;
}

type Resource = GroupcallResource | LegResource;

/** What was expected and did not come, as sentences. */
export class Differences {
  readonly texts: string[] = [];

  note(what: string, expected: unknown, found: unknown): void {
    const [a, b] = [JSON.stringify(expected), JSON.stringify(found)];
    if (a !== b) this.texts.push(`${what}: expected ${a}, found ${b}`);
  }
}

/**
 * Compares what is expected with what is; empty when they agree.
 * @param complete whether `groupcalls` and `legs` must name all there are
 */
export function check(expected: Expectation, seen: Seen, complete: boolean): string[] {
  const { snapshot } = seen;
  const { groupcalls, legs, tally, dialed, hung_up, events, event_counts, late_answers, living } = expected;
  const found = new Differences();
  if (complete && groupcalls)
    found.note('groupcalls', namesOf(Object.keys(groupcalls)), namesOf(snapshot.groupcalls.keys()));
  if (complete && legs) found.note('legs', namesOf(Object.keys(legs)), namesOf(snapshot.legs.keys()));
  checkStates(found, 'groupcall', groupcalls, snapshot.groupcalls, seen.speech);
  checkStates(found, 'leg', legs, snapshot.legs, seen.speech);
  if (tally) found.note('tally', sorted(tally), sorted(tallyOf(tally, seen)));
  if (dialed) found.note('dialed', dialed, dialedOf(seen));
  if (hung_up) found.note('hung up', namesOf(hung_up), hungUpOf(seen));
  if (events) found.note('events', events.map(inAnyOrder), grouped(events, eventsOf(seen)));
  if (event_counts) found.note('event counts', sorted(event_counts), sorted(countsOf(event_counts, seen)));
  if (late_answers !== undefined) found.note('late answers', late_answers, snapshot.lateAnswers);
  if (living !== undefined) found.note('living calls', living, seen.living);
  return found.texts;
}

/** A list that is newest first stays as it is, but what was created at one moment may stand in any order. */
export function newestFirst(list: readonly GroupcallResource[], labels: Labels): string[] {
  const moments = list.map(({ tm_create }) => tm_create);
  const pieces: string[][] = [];
  list.forEach(({ id }, index) => {
    if (index > 0 && moments[index] === moments[index - 1]) pieces.at(-1)!.push(labels.of(id));
    else pieces.push([labels.of(id)]);
  });
  return pieces.flatMap((piece) => piece.sort(inOrder));
}

function checkStates(
  found: Differences,
  what: string,
  wanted: Record<string, StateText> | undefined,
  resources: ReadonlyMap<string, Resource>,
  speech: Speech,
): void {
  for (const [label, text] of Object.entries(wanted ?? {})) {
    const resource = resources.get(label);
    const place = `${what} ${label}`;
    if (!resource) {
      found.note(place, text, undefined);
      continue;
    }
    for (const [key, value] of Object.entries(typeof text === 'string' ? { is: text } : text)) {
      if (key === 'is') found.note(place, value, speech.state(resource, String(value).split(' ').length));
      else
        found.note(
          `${place}.${key}`,
          value,
          speech.value(key, (resource as unknown as Record<string, unknown>)[key]),
        );
    }
  }
}

/** `groupcall_call_hangup` of leg 1.0 → `call_hangup 1.0`; the main tree's only. */
function eventsOf({ events, labels }: Seen): string[] {
  return events
    .filter(({ data }) => !labels.of(data.id).includes('/'))
    .map(({ type, data, leg }) => `${shortOf(type)} ${labels.of(leg?.id ?? data.id)}`);
}

function countsOf(wanted: Record<string, number>, { events }: Seen): Record<string, number> {
  const count = (key: string) => events.filter(({ type }) => shortOf(type) === key).length;
  return Object.fromEntries(Object.keys(wanted).map((key) => [key, count(key)]));
}

function shortOf(type: string): string {
  return type.replace('groupcall_', '');
}

/** The actual events cut into pieces as long as the expected ones, so that an inner list may come in any order. */
function grouped(expected: NonNullable<Expectation['events']>, actual: string[]): unknown[] {
  const rest = [...actual];
  const pieces = expected.map((one) =>
    typeof one === 'string' ? rest.shift() : inAnyOrder(rest.splice(0, one.length)),
  );
  return [...pieces, ...rest];
}

function inAnyOrder(one: string | readonly string[]): string | string[] {
  return typeof one === 'string' ? one : namesOf(one);
}

/** What the gateway was asked to place: by the moment at which it was decided; of one moment, by label. */
function dialedOf({ orders, snapshot, labels }: Seen): string[] {
  const momentOf = (label: string) => parseTimestamp(snapshot.legs.get(label)?.tm_create ?? NEVER) ?? 0;
  return orders
    .filter((order) => order.kind === 'dial' && order.outcome !== 'known')
    .map(({ id }) => labels.of(id))
    .sort((a, b) => momentOf(a) - momentOf(b) || inOrder(a, b));
}

function hungUpOf({ orders, labels }: Seen): string[] {
  return namesOf(
    orders.flatMap((order) => (order.kind === 'hangup' ? [`${labels.of(order.id)} ${order.reason}`] : [])),
  );
}

/** All legs, told with as many words as the expectation's longest key has. */
function tallyOf(wanted: Record<string, number>, { snapshot, speech }: Seen): Record<string, number> {
  const words = Math.max(...Object.keys(wanted).map((key) => key.split(' ').length));
  const counts: Record<string, number> = {};
  for (const leg of snapshot.legs.values()) {
    const text = speech.state(leg, words);
    counts[text] = (counts[text] ?? 0) + 1;
  }
  return counts;
}

function namesOf(names: Iterable<string>): string[] {
  return [...names].sort(inOrder);
}

function sorted<T>(record: Record<string, T>): [string, T][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}
