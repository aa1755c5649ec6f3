import type { LedgerEntry } from '../judge/ledger.js';
import { NIL, type Records } from './records.js';

/** Records that may be damaged. */
export interface Draft {
  versions: any[];
  ledger: LedgerEntry[];
  claims: { legId: string; at: number }[];
  outbox: any[];
  liveLegs: any[];
  callers: { key: string; replies: any[]; misuse: number[] }[];
  living: string[];
}

export const ROOT = '00000000-0000-7000-8000-000000000001';
export const LEGS = ['00000000-0000-7000-8000-00000000000a', '00000000-0000-7000-8000-00000000000b'] as const;
const CUSTOMER = '00000000-0000-7000-8000-0000000000cc';
const DEADLINE = 1_000;

/** A short and blameless life: two phones ring, the first answers, the second is hung up, the first hangs up. */
export function goodRecords(damage: (draft: Draft) => void): Records {
  const draft: Draft = {
    versions: [
      version(1, 100, ['planned', 'planned'], 'progressing', null, 1),
      version(2, 200, ['ringing', 'ringing'], 'progressing', null, 5),
      version(3, 300, ['progressing', 'hangingup'], 'progressing', LEGS[0], 6),
      version(4, 400, ['progressing', 'hangup'], 'progressing', LEGS[0], 7),
      version(5, 500, ['hangup', 'hangup'], 'hangup', LEGS[0], 9),
    ],
    ledger: [
      ...LEGS.map((id) => create(id)),
      fact(290, { kind: 'call', id: LEGS[0], state: 'answered' }),
      fact(310, { kind: 'notified', id: LEGS[0], what: 'answered', status: 204 }),
      fact(350, { kind: 'hangup', id: LEGS[1], found: 'ringing', reason: 'answered_elsewhere' }),
      fact(360, { kind: 'call', id: LEGS[1], state: 'ended', reason: 'answered_elsewhere', by: 'hangup' }),
      fact(480, { kind: 'call', id: LEGS[0], state: 'ended', reason: 'normal', by: 'far_end' }),
      ...EVENTS.map((type, index) => event(type, index + 1)),
    ],
    claims: LEGS.map((legId) => ({ legId, at: 110 })),
    outbox: [],
    liveLegs: [{ customerId: CUSTOMER, now: 0, least: 0, most: 2 }],
    callers: [{ key: 'k', replies: [{ status: 0 }, { status: 201, id: ROOT }], misuse: [409] }],
    living: [],
  };
  damage(draft);
  const { versions, ...rest } = draft;
  return { ...rest, trees: new Map([[ROOT, versions]]), limits: { liveLegs: 10 } };
}

const EVENTS = [
  'groupcall_created',
  'groupcall_call_dialed',
  'groupcall_call_dialed',
  'groupcall_call_ringing',
  'groupcall_call_ringing',
  'groupcall_progressing',
  'groupcall_call_hangup',
  'groupcall_call_hangup',
  'groupcall_hangup',
];

function version(
  number: number,
  at: number,
  legs: string[],
  status: string,
  winner: string | null,
  sequence: number,
) {
  const open = legs.filter((one) => one !== 'hangup').length;
  return {
    rootId: ROOT,
    version: number,
    at,
    customerId: CUSTOMER,
    winnerLegId: winner,
    eventSequence: sequence,
    idempotencyKey: 'k',
    groupcalls: [
      {
        id: ROOT,
        customer_id: CUSTOMER,
        status,
        slots: LEGS.map((id) => ({ kind: 'leg', id })),
        master_groupcall_id: NIL,
        ring_method: 'ring_all',
        answer_method: 'hangup_others',
        answer_call_id: winner ?? NIL,
        answer_groupcall_id: NIL,
        call_count: open,
        groupcall_count: 0,
        dial_index: 0,
        hangup_reason: status === 'hangup' ? 'normal' : '',
        tm_delete: null,
      },
    ],
    legs: legs.map((one, index) => ({
      id: LEGS[index],
      groupcall_id: ROOT,
      customer_id: CUSTOMER,
      destination: `script${index}@judge`,
      source: 'me@here',
      destination_index: index,
      status: one,
      hangup_reason: one === 'hangingup' || one === 'hangup' ? ['normal', 'answered_elsewhere'][index] : '',
      tm_create: 99,
      tm_answer: null,
      dial_deadline: DEADLINE,
    })),
  };
}

type Fact = LedgerEntry extends infer Entry
  ? Entry extends LedgerEntry
    ? Omit<Entry, 't' | 'at' | 'account'>
    : never
  : never;

function fact(at: number, what: Fact): LedgerEntry {
  return { t: at, at, account: 'lab', ...what };
}

function create(id: string): LedgerEntry {
  const order = {
    customerId: CUSTOMER,
    groupcallId: ROOT,
    rootId: ROOT,
    from: { type: 'sip', target: 'me@here' },
    to: { type: 'sip', target: `script${LEGS.indexOf(id as never)}@judge` },
    ringTimeout: 1,
    maxDuration: 1,
  };
  return fact(150, { kind: 'create', id, outcome: 'placed', order });
}

function event(type: string, sequence: number): LedgerEntry {
  const about = { id: `event ${sequence}`, sequence, type, groupcallId: ROOT, customerId: CUSTOMER };
  return fact(300 + sequence, { kind: 'event', event: about });
}
