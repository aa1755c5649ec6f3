import {
  CallGateway,
  CallRefusedError,
  type GatewayCall,
  type GatewayCallState,
  type OutgoingCall,
} from '../../ports/call-gateway.port.js';
import type { LegHangupReason } from '../../domain/status.js';
import type { Agenda } from '../virtual-time/agenda.js';
import { ringsForever, type PhoneScript } from './phone.js';

/** A call as the gateway has it. Moments are epoch ms of virtual time, null = not yet. */
export interface PlacedCall {
  /** The leg's id. */
  readonly id: string;
  /** As it was given to `createCall`. */
  readonly order: OutgoingCall;
  /** What its phone does. */
  readonly script: PhoneScript;
  /** When. */
  readonly placedAt: number;
  /** When, if ever. */
  answeredAt: number | null;
  /** When, if ever. */
  endedAt: number | null;
  /** Why it ended. */
  reason: LegHangupReason | null;
  /** `gateway`: its own limits of ringing and talking, which only matter when nobody else ends a call. */
  endedBy: 'phone' | 'hangup' | 'gateway' | null;
}

/** What the gateway has to say about a call. */
export type CallNews =
  | { readonly what: 'ringing' | 'answered'; readonly id: string }
  | { readonly what: 'ended'; readonly id: string; readonly reason: LegHangupReason };

/**
 * Telephones in virtual time. Keeps the gateway's contract to the letter: one call per id for ever, tombstones, all
 * four states of a hangup, its own limits of ringing and talking.
 */
export class ScriptedGateway extends CallGateway {
  /** In the order in which they were placed. */
  readonly calls: PlacedCall[] = [];
  private readonly scripts = new Map<string, PhoneScript>();
  private readonly tombstones = new Set<string>();

  constructor(
    private readonly agenda: Agenda,
    private readonly tell: (news: CallNews) => void,
  ) {
    super();
  }

  /** What the phone with this number or SIP address does from now on. */
  phone(target: string, script: PhoneScript): this {
    this.scripts.set(target, script);
    return this;
  }

  /** Calls to this number or SIP address. */
  callsTo(target: string): PlacedCall[] {
    return this.calls.filter(({ order }) => order.to.target === target);
  }

  /** Calls that ring or talk. */
  get living(): PlacedCall[] {
    return this.calls.filter(({ endedAt }) => endedAt === null);
  }

  /** Somebody picks up now. @throws Error when that phone does not ring */
  answer(target: string): void {
    this.answerCall(this.only(target, ({ answeredAt }) => answeredAt === null, 'rings'));
  }

  /** That phone hangs up, declines or gives up now. @throws Error when it neither rings nor talks */
  hangUp(target: string, reason: LegHangupReason = 'normal'): void {
    this.end(
      this.only(target, () => true, 'rings or talks'),
      reason,
      'phone',
    );
  }

  override async createCall(order: OutgoingCall, signal: AbortSignal): Promise<void> {
    const script = this.scripts.get(order.to.target) ?? ringsForever;
    const { dial = 'accept' } = script;
    if (dial === 'no_reply') return silence(signal);
    const known = this.find(order.id);
    if (!known && (dial === 'refuse' || this.tombstones.has(order.id))) {
      throw new CallRefusedError(`${order.to.target} cannot be called`);
    }
    if (!known) this.place(order, script);
    if (dial === 'reply_lost') return silence(signal);
  }

  override async hangupCall(id: string, reason: LegHangupReason): Promise<GatewayCallState> {
    const call = this.find(id);
    if (!call) {
      this.tombstones.add(id);
      return 'unknown';
    }
    const found = stateOf(call);
    if (call.script.answersOnHangup && found === 'ringing' && !this.tombstones.has(id)) this.answerCall(call);
    else this.end(call, reason, 'hangup');
    this.tombstones.add(id);
    return found;
  }

  override async getCall(id: string): Promise<GatewayCall> {
    const call = this.find(id);
    if (!call) return { id, state: 'unknown' };
    return { id, state: stateOf(call), ...(call.reason ? { reason: call.reason } : {}) };
  }

  override async listCalls({ after, limit }: { after: string; limit: number }): Promise<GatewayCall[]> {
    return this.living
      .filter(({ id }) => id > after)
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .slice(0, limit)
      .map((call) => ({ id: call.id, state: stateOf(call) }));
  }

  private place(order: OutgoingCall, script: PhoneScript): void {
    const call: PlacedCall = {
      id: order.id,
      order,
      script,
      placedAt: this.agenda.now,
      answeredAt: null,
      endedAt: null,
      reason: null,
      endedBy: null,
    };
    this.calls.push(call);
    const later = (ms: number | undefined, work: () => void) => {
      if (ms !== undefined && ms !== Infinity) this.agenda.after(ms, work);
    };
    const unanswered = (work: () => void) => () => {
      if (stateOf(call) === 'ringing') work();
    };
    later(
      script.ringsAfter ?? 0,
      unanswered(() => this.tell({ what: 'ringing', id: call.id })),
    );
    later(
      script.answersAfter,
      unanswered(() => this.answerCall(call)),
    );
    later(
      script.endsAfter,
      unanswered(() => this.end(call, script.reason ?? 'normal', 'phone')),
    );
    later(
      order.ringTimeout,
      unanswered(() => this.end(call, 'noanswer', 'gateway')),
    );
  }

  private answerCall(call: PlacedCall): void {
    call.answeredAt = this.agenda.now;
    this.tell({ what: 'answered', id: call.id });
    const { talksFor } = call.script;
    if (talksFor !== undefined) this.agenda.after(talksFor, () => this.end(call, 'normal', 'phone'));
    this.agenda.after(call.order.maxDuration, () => this.end(call, 'normal', 'gateway'));
  }

  private end(call: PlacedCall, reason: LegHangupReason, by: PlacedCall['endedBy']): void {
    if (call.endedAt !== null) return;
    call.endedAt = this.agenda.now;
    call.reason = reason;
    call.endedBy = by;
    this.tell({ what: 'ended', id: call.id, reason });
  }

  private find(id: string): PlacedCall | undefined {
    return this.calls.find((call) => call.id === id);
  }

  private only(target: string, wanted: (call: PlacedCall) => boolean, does: string): PlacedCall {
    const call = this.callsTo(target).find((one) => one.endedAt === null && wanted(one));
    if (call) return call;
    const living = this.living.map(({ order }) => order.to.target).join(', ');
    throw new Error(`No phone ${target} ${does} at this moment; there are: ${living || 'none'}.`);
  }
}

function stateOf({ answeredAt, endedAt }: PlacedCall): Exclude<GatewayCallState, 'unknown'> {
  if (endedAt !== null) return 'ended';
  return answeredAt === null ? 'ringing' : 'answered';
}

/** Nobody says anything until the caller has lost patience. */
function silence(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('no reply')), { once: true });
  });
}
