import type { LedgerEntry } from '../judge/ledger.js';
import type { LegRecord, Records, TreeVersion } from './records.js';

type Entry<K extends LedgerEntry['kind']> = Extract<LedgerEntry, { kind: K }>;

/** A call as the judge saw it, from the first order to its end. */
export interface CallHistory {
  readonly id: string;
  readonly creates: Entry<'create'>[];
  readonly hangups: Entry<'hangup'>[];
  readonly notified: Entry<'notified'>[];
  answered?: Entry<'call'>;
  ended?: Entry<'call'>;
}

/** Records with the look-ups that several rules need. */
export interface Indexed extends Records {
  readonly calls: ReadonlyMap<string, CallHistory>;
  readonly events: readonly Entry<'event'>[];
  /** The tree of a leg or groupcall, as last committed. */
  readonly treeOfLeg: ReadonlyMap<string, readonly TreeVersion[]>;
  readonly treeOfGroupcall: ReadonlyMap<string, readonly TreeVersion[]>;
}

export function indexRecords(records: Records): Indexed {
  const calls = new Map<string, CallHistory>();
  const callOf = (id: string) => {
    const known = calls.get(id) ?? { id, creates: [], hangups: [], notified: [] };
    calls.set(id, known);
    return known;
  };
  const events: Entry<'event'>[] = [];
  for (const entry of records.ledger) {
    if (entry.kind === 'create') callOf(entry.id).creates.push(entry);
    else if (entry.kind === 'hangup') callOf(entry.id).hangups.push(entry);
    else if (entry.kind === 'notified') callOf(entry.id).notified.push(entry);
    else if (entry.kind === 'event') events.push(entry);
    else if (entry.state === 'answered') callOf(entry.id).answered = entry;
    else if (entry.state === 'ended') callOf(entry.id).ended = entry;
  }
  const treeOfLeg = new Map<string, readonly TreeVersion[]>();
  const treeOfGroupcall = new Map<string, readonly TreeVersion[]>();
  for (const versions of records.trees.values()) {
    for (const leg of lastOf(versions).legs) treeOfLeg.set(leg.id, versions);
    for (const groupcall of lastOf(versions).groupcalls) treeOfGroupcall.set(groupcall.id, versions);
  }
  return { ...records, calls, events, treeOfLeg, treeOfGroupcall };
}

export function lastOf(versions: readonly TreeVersion[]): TreeVersion {
  return versions[versions.length - 1];
}

export function rootOf({ groupcalls, rootId }: TreeVersion) {
  return groupcalls.find((one) => one.id === rootId)!;
}

export function legIn(version: TreeVersion, legId: string): LegRecord | undefined {
  return version.legs.find((leg) => leg.id === legId);
}

/** When the judge placed the call, if it did. */
export function placedAt(call: CallHistory): number | undefined {
  return call.creates.find((one) => one.outcome === 'placed')?.at;
}
