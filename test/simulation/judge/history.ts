import { lastOf, legIn, type Indexed } from '../../faults/checker/index-records.js';
import type { LegRecord, TreeVersion } from '../../faults/checker/records.js';
import type { SimulationRecords } from './recorder.js';

/** What the rules look at. */
export type SimulationIndex = Indexed & SimulationRecords;

export function isUndecided({ status }: LegRecord): boolean {
  return status === 'planned' || status === 'dialing' || status === 'ringing';
}

/** What was committed at a moment. */
export function versionAt(versions: readonly TreeVersion[], at: number): TreeVersion | undefined {
  if (lastOf(versions).at <= at) return lastOf(versions);
  for (let index = versions.length - 1; index >= 0; index -= 1)
    if (versions[index].at <= at) return versions[index];
  return undefined;
}

export function legAt(versions: readonly TreeVersion[], id: string, at: number): LegRecord | undefined {
  const version = versionAt(versions, at);
  return version && legIn(version, id);
}
