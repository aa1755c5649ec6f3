import type { GroupcallResource, LegResource } from '@groupcall/groupcall';
import { NIL_UUID, parseTimestamp } from '@groupcall/shared';
import type { Labels } from './labels.js';

/** Everything about the labelled trees at one moment, by label. */
export interface Snapshot {
  readonly groupcalls: ReadonlyMap<string, GroupcallResource>;
  readonly legs: ReadonlyMap<string, LegResource>;
  readonly lateAnswers: number;
}

export function rootsOf({ groupcalls }: Snapshot): GroupcallResource[] {
  return [...groupcalls.values()].filter((one) => one.master_groupcall_id === NIL_UUID);
}

/** A groupcall counts as below itself. */
export function isBelow({ groupcalls }: Snapshot, groupcallId: string, aboveId: string): boolean {
  for (let id = groupcallId; id !== NIL_UUID;) {
    if (id === aboveId) return true;
    id = [...groupcalls.values()].find((one) => one.id === id)!.master_groupcall_id;
  }
  return false;
}

const TIMES = [
  'tm_create',
  'tm_update',
  'tm_delete',
  'tm_dial',
  'tm_ringing',
  'tm_answer',
  'tm_hangup',
  'dial_deadline',
];

/** Speaks of wire values in a scenario's words: labels for ids, ms since the start for moments, null for nothing. */
export class Speech {
  constructor(
    private readonly labels: Labels,
    private readonly start: number,
    private readonly nameOf: (id: string) => string,
  ) {}

  value(key: string, value: unknown): unknown {
    if (TIMES.includes(key)) {
      const moment = parseTimestamp(value as string);
      return moment === null ? null : moment - this.start;
    }
    if (value === NIL_UUID) return null;
    if (Array.isArray(value) && key.endsWith('_ids')) return value.map((id: string) => this.labels.of(id));
    if (typeof value === 'string' && key.endsWith('_id')) return this.nameOf(this.labels.of(value));
    return value;
  }

  /** `<status> <reason> <by>` with as many words as the expectation has. */
  state(resource: GroupcallResource | LegResource, words: number): string {
    const { status, hangup_reason } = resource;
    const by = 'hangup_by' in resource ? resource.hangup_by : '';
    return [status, hangup_reason, by]
      .filter((word) => word !== '')
      .slice(0, words)
      .join(' ');
  }
}
