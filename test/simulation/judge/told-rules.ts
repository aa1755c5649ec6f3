import { legIn } from '../../faults/checker/index-records.js';
import type { Finding, TreeVersion } from '../../faults/checker/records.js';
import { isUndecided, versionAt, type SimulationIndex } from './history.js';
import type { Told } from './recorder.js';

/** I10: the first delivery of every event comes after that of the one before; its id never changes. */
export function eventsInOrder({ events, treeOfGroupcall }: SimulationIndex): Finding {
  const violations: string[] = [];
  const seen = new Map<string, Map<number, string>>();
  for (const { event } of events) {
    const rootId = treeOfGroupcall.get(event.groupcallId)?.[0].rootId;
    if (rootId === undefined) {
      violations.push(`event ${event.id} is about groupcall ${event.groupcallId} that nobody committed`);
      continue;
    }
    const known = seen.get(rootId) ?? new Map<number, string>();
    seen.set(rootId, known);
    const first = known.get(event.sequence);
    if (first === undefined && event.sequence !== known.size + 1)
      violations.push(`tree ${rootId}: event ${event.sequence} arrived after ${known.size}`);
    if (first !== undefined && first !== event.id)
      violations.push(`tree ${rootId}: two events with number ${event.sequence}`);
    known.set(event.sequence, event.id);
  }
  return { looked: events.length, violations };
}

/** I20: what somebody was told is so was committed by then, and what was committed is not unknown to anybody. */
export function toldIsCommitted({ told, treeOfGroupcall, treeOfLeg }: SimulationIndex): Finding {
  const violations: string[] = [];
  for (const one of told) {
    const versions = treeOfGroupcall.get(one.id) ?? treeOfLeg.get(one.id);
    const version = versions && versionAt(versions, one.at);
    if (one.what === 'unknown' ? version && knows(version, one.id) : !version || !isSo(version, one))
      violations.push(`somebody was told "${one.what}" of ${one.id}, and that is not what is committed`);
  }
  return { looked: told.length, violations };
}

function knows(version: TreeVersion, id: string): boolean {
  return legIn(version, id) !== undefined || version.groupcalls.some((one) => one.id === id);
}

function isSo(version: TreeVersion, { what, id }: Told): boolean {
  const groupcall = version.groupcalls.find((one) => one.id === id);
  switch (what) {
    case 'create':
      return groupcall !== undefined;
    case 'unknown':
      return false;
    case 'hangup':
      return groupcall !== undefined && groupcall.status !== 'progressing';
    case 'delete':
      return groupcall !== undefined && groupcall.tm_delete !== null;
    case 'hangup_others':
      // Of a part that had ended before anybody won nothing is asked, and somebody may win afterwards.
      return (
        groupcall?.status === 'hangup' || (version.winnerLegId !== null && !version.legs.some(isUndecided))
      );
    case 'won':
      return version.winnerLegId === id;
    case 'lost': {
      // The winner as well, when its answer is told again after its end.
      const status = legIn(version, id)?.status;
      return status === 'hangingup' || status === 'hangup';
    }
  }
}
