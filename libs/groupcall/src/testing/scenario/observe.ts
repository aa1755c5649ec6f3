import type { Effect, PublicEvent } from '../../domain/effect.js';
import { nextAlarmOf, type TreeState } from '../../domain/tree-state.js';
import { groupcallNamed, legNamed, nameOfDestination, nameOfGroupcall, nameOfLeg } from './names.js';

/** What may be said of the last `when` of a scenario. Legs and groupcalls are called by their names. */
export interface Expected {
  /** Phones that are to be dialled, in this order. */
  dials?: string[];
  /** Phones that are to be hung up, each with the reason given to the gateway, in this order. */
  hangsUp?: [name: string, reason: string][];
  /** Agents and extensions that the directory is asked for. */
  asks?: string[];
  /** Public events in order of sequence, as `<wire type> <name>`. */
  publishes?: string[];
  /** The phone whose answer was accepted; null = nobody's yet. */
  winner?: string | null;
  /** Legs after it, as `<status>` or `<status> <hangup reason>`. */
  legs?: Record<string, string>;
  /** Groupcalls after it, as `<status>` or `<status> <hangup reason>`. */
  groupcalls?: Record<string, string>;
  /** ms from now until the tree must act by itself; null = never. */
  alarmIn?: number | null;
  /** What the sender was told. */
  result?: unknown;
}

interface Observable {
  readonly state: TreeState;
  readonly now: number;
  readonly outcome: { readonly effects: readonly Effect[]; readonly result: unknown };
}

/** The same things that `expected` speaks of, as they really are. */
export function observe({ state, now, outcome }: Observable, expected: Expected): Expected {
  const { effects, result } = outcome;
  const leg = (id: string) => nameOfLeg(state.legs.get(id)!);
  const everything: Required<Expected> = {
    dials: effects.flatMap((effect) => (effect.kind === 'dial' ? [leg(effect.legId)] : [])),
    hangsUp: effects.flatMap((effect) =>
      effect.kind === 'hangup' ? [[leg(effect.legId), effect.reason] as [string, string]] : [],
    ),
    asks: effects.flatMap((effect) =>
      effect.kind === 'resolve' ? [nameOfDestination(effect.destination)] : [],
    ),
    publishes: effects.flatMap((effect) =>
      effect.kind === 'publish' ? [sentence(state, effect.event)] : [],
    ),
    winner: state.winnerLegId === null ? null : leg(state.winnerLegId),
    legs: namesOf(expected.legs, (name) => said(legNamed(state, name))),
    groupcalls: namesOf(expected.groupcalls, (name) => said(groupcallNamed(state, name))),
    alarmIn: nextAlarmOf(state) === null ? null : nextAlarmOf(state)! - now,
    result,
  };
  const wanted = Object.keys(expected) as (keyof Expected)[];
  return Object.fromEntries(wanted.map((key) => [key, everything[key]]));
}

function sentence(state: TreeState, { type, data, leg }: PublicEvent): string {
  const name = leg
    ? nameOfDestination(leg.destination)
    : nameOfGroupcall(state, state.groupcalls.get(data.id)!);
  return `${type} ${name}`;
}

function said({ status, hangupReason }: { status: string; hangupReason: string }): string {
  return hangupReason === '' ? status : `${status} ${hangupReason}`;
}

function namesOf(
  wanted: Record<string, string> | undefined,
  say: (name: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.keys(wanted ?? {}).map((name) => [name, say(name)]));
}
