import type { Address } from '@groupcall/address';
import type { ConsoleGroupcall, ConsoleRow, ConsoleTree } from '@groupcall/api/console';
import type { GroupcallResource, LegResource, Slot } from '@groupcall/groupcall/resources';
import { formatTimestamp, NEVER, NIL_UUID } from '@groupcall/shared';

/** The beginning of time in these tests, epoch ms. */
export const START = Date.parse('2026-11-24T12:00:00Z');

/** The wire form of a moment this long after the start. */
export const tm = (seconds: number) => formatTimestamp(START + seconds * 1_000);

export const sip = (name: string): Address => ({
  type: 'sip',
  target: `${name.toLowerCase()}@sim`,
  target_name: '',
  name,
  detail: '',
});

export function legOf(id: string, change: Partial<LegResource> = {}): LegResource {
  return {
    id,
    groupcall_id: 'root',
    customer_id: 'customer',
    destination: sip(id),
    destination_index: 0,
    status: 'hangup',
    hangup_reason: 'normal',
    hangup_by: 'remote',
    tm_create: tm(0),
    tm_dial: tm(0),
    tm_ringing: tm(0.1),
    tm_answer: NEVER,
    tm_hangup: NEVER,
    dial_deadline: tm(30),
    ...change,
  };
}

export function groupcallOf(
  id: string,
  slots: Slot[],
  change: Partial<GroupcallResource> = {},
): ConsoleGroupcall {
  const groupcall: GroupcallResource = {
    id,
    customer_id: 'customer',
    owner_type: '',
    owner_id: NIL_UUID,
    status: 'progressing',
    flow_id: NIL_UUID,
    source: sip('Caller'),
    destinations: slots.map((slot, index) => sip('id' in slot ? slot.id : `Number ${index + 1}`)),
    master_call_id: NIL_UUID,
    master_groupcall_id: NIL_UUID,
    ring_method: 'linear',
    answer_method: 'hangup_others',
    answer_call_id: NIL_UUID,
    call_ids: [],
    answer_groupcall_id: NIL_UUID,
    groupcall_ids: [],
    call_count: 1,
    groupcall_count: 0,
    dial_index: 0,
    tm_create: tm(0),
    tm_update: tm(0),
    tm_delete: NEVER,
    dial_timeout: 30_000,
    hangup_reason: '',
    ...change,
  };
  return { groupcall, slots, destination_index: 0, origin: '' };
}

export function treeOf(
  groupcalls: ConsoleGroupcall[],
  legs: LegResource[],
  change: Partial<ConsoleTree> = {},
): ConsoleTree {
  return {
    now: tm(10),
    root_id: groupcalls[0].groupcall.id,
    customer_id: 'customer',
    phase: 'ringing',
    version: 1,
    event_sequence: 1,
    winner_call_id: null,
    late_answers: 0,
    tm_alarm: NEVER,
    groupcalls,
    legs,
    pending: [],
    ...change,
  };
}

export function rowOf(id: string, change: Partial<ConsoleRow> = {}): ConsoleRow {
  return {
    id,
    customer_id: 'customer',
    status: 'progressing',
    phase: 'ringing',
    hangup_reason: '',
    ring_method: 'ring_all',
    source: sip('Caller'),
    destinations: [sip('Ann')],
    destination_count: 1,
    leg_count: 1,
    live_leg_count: 1,
    pending_count: 0,
    winner: null,
    tm_create: tm(0),
    tm_end: NEVER,
    ...change,
  };
}
