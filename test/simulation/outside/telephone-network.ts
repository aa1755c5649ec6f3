import type { Random } from '../../faults/random.js';
import type { CallOrder } from '../../faults/judge/ledger.js';
import {
  CallGateway,
  CallRefusedError,
  type GatewayCall,
  type GatewayCallState,
  type OutgoingCall,
} from '../../../libs/groupcall/src/ports/call-gateway.port.js';
import type { LegHangupReason } from '../../../libs/groupcall/src/domain/status.js';
import type { Agenda } from '../../../libs/groupcall/src/testing/virtual-time/agenda.js';
import type { Recorder } from '../judge/recorder.js';
import { short, type Trace } from '../trace.js';
import { randomFarEnd, type FarEnd } from './far-end.js';

/** A call that was placed, or hung up before it was. */
interface Call {
  readonly id: string;
  readonly order?: CallOrder;
  readonly farEnd?: FarEnd;
  state: 'ringing' | 'answered' | 'ended';
  reason?: LegHangupReason;
  /** A hangup was ordered: nothing with this id is placed any more. */
  tombstone: boolean;
  /** The gateway has restarted and knows of it only that its id was used. */
  forgotten: boolean;
}

/** News of a call for whoever has ordered it. */
export interface News {
  readonly id: string;
  readonly what: 'ringing' | 'answered' | 'ended';
  readonly reason: LegHangupReason;
}

/** ms that an order to hang up needs to reach the phone. */
const HANGUP_TIME = 15;
/** ms after which whoever still talks is made to stop once the world has healed. */
const LAST_WORDS = 3_000;

/**
 * The gateway and everybody behind it. Keeps the contract of RELIABILITY 3.3 to the letter: one call per id for ever,
 * tombstones, all four states of a hangup; and writes down what was ordered and what has happened.
 */
export class TelephoneNetwork extends CallGateway {
  private readonly calls = new Map<string, Call>();
  private healed = false;

  constructor(
    private readonly agenda: Agenda,
    private readonly random: Random,
    private readonly recorder: Recorder,
    private readonly trace: Trace,
    private readonly tell: (news: News) => void,
  ) {
    super();
  }

  override async createCall({ id, ...call }: OutgoingCall): Promise<void> {
    const order: CallOrder = { ...call };
    const known = this.calls.get(id);
    const farEnd = known?.farEnd ?? randomFarEnd(this.random, order.ringTimeout - this.recorder.ringGrace);
    const outcome = known?.order
      ? isSame(known.order, order)
        ? 'known'
        : 'conflict'
      : known?.tombstone || farEnd.refused
        ? 'refused'
        : 'placed';
    this.trace.note(() => `gateway: dial ${short(id)}: ${outcome}`);
    this.recorder.note({ kind: 'create', id, outcome, order });
    if (outcome === 'placed') this.place(id, order, farEnd);
    // What cannot be placed once can never be placed.
    if (outcome === 'refused' && !known)
      this.calls.set(id, { id, state: 'ended', tombstone: true, forgotten: false });
    if (outcome === 'refused' || outcome === 'conflict')
      throw new CallRefusedError(`call ${id} cannot be placed`);
  }

  override async hangupCall(id: string, reason: LegHangupReason): Promise<GatewayCallState> {
    const call = this.calls.get(id);
    const found = !call?.order || call.forgotten ? 'unknown' : call.state;
    this.trace.note(() => `gateway: hang up ${short(id)} (${reason}): ${found}`);
    this.recorder.note({ kind: 'hangup', id, found, reason });
    if (!call) {
      this.calls.set(id, { id, state: 'ended', tombstone: true, forgotten: false });
      return found;
    }
    const crosses = call.farEnd?.answersOnCancel === true && found === 'ringing' && !call.tombstone;
    call.tombstone = true;
    if (crosses) this.answer(call);
    else if (found !== 'ended') this.agenda.after(HANGUP_TIME, () => this.finish(call, reason, 'hangup'));
    return found;
  }

  override async getCall(id: string): Promise<GatewayCall> {
    const call = this.calls.get(id);
    if (!call?.order || call.forgotten) return { id, state: 'unknown' };
    return { id, state: call.state, ...(call.reason ? { reason: call.reason } : {}) };
  }

  override async listCalls({ after, limit }: { after: string; limit: number }): Promise<GatewayCall[]> {
    return this.living()
      .filter(({ id }) => id > after)
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .slice(0, limit)
      .map(({ id, state }) => ({ id, state }));
  }

  /** Calls that ring or talk. */
  living(): readonly Call[] {
    return [...this.calls.values()].filter((call) => call.order && call.state !== 'ended');
  }

  /** A restart: all calls are gone, and nobody is told. That an id was used is kept. */
  forget(): void {
    for (const call of this.living()) {
      this.trace.note(() => `gateway: forgets ${short(call.id)}`);
      call.state = 'ended';
      call.forgotten = true;
      this.recorder.note({ kind: 'call', id: call.id, state: 'ended', reason: 'failed', by: 'far_end' });
    }
  }

  /** From now on nobody talks for long. */
  heal(): void {
    this.healed = true;
    for (const call of this.living()) if (call.state === 'answered') this.stopTalking(call, LAST_WORDS);
  }

  private place(id: string, order: CallOrder, farEnd: FarEnd): void {
    const call: Call = { id, order, farEnd, state: 'ringing', tombstone: false, forgotten: false };
    this.calls.set(id, call);
    const later = (ms: number, work: () => void) => {
      if (ms !== Infinity) this.agenda.after(ms, work);
    };
    const unanswered = (work: () => void) => () => {
      if (call.state === 'ringing') work();
    };
    later(
      farEnd.ringsAfter,
      unanswered(() => this.news(call, 'ringing')),
    );
    later(farEnd.answersAfter, () => this.answer(call));
    later(
      farEnd.givesUpAfter,
      unanswered(() => this.finish(call, farEnd.reason, 'far_end')),
    );
    // The dead-man's switch: it stops ringing though every process and the database be gone.
    later(
      order.ringTimeout,
      unanswered(() => this.finish(call, 'noanswer', 'dead_man')),
    );
  }

  private answer(call: Call): void {
    if (call.state !== 'ringing') return;
    call.state = 'answered';
    this.recorder.note({ kind: 'call', id: call.id, state: 'answered' });
    this.news(call, 'answered');
    const { talksFor } = call.farEnd!;
    this.stopTalking(call, this.healed ? Math.min(talksFor, LAST_WORDS) : talksFor);
  }

  private stopTalking(call: Call, after: number): void {
    if (after !== Infinity) this.agenda.after(after, () => this.finish(call, 'normal', 'far_end'));
  }

  private finish(call: Call, reason: LegHangupReason, by: 'far_end' | 'hangup' | 'dead_man'): void {
    if (call.state === 'ended') return;
    call.state = 'ended';
    call.reason = reason;
    this.recorder.note({ kind: 'call', id: call.id, state: 'ended', reason, by });
    this.news(call, 'ended');
  }

  private news(call: Call, what: News['what']): void {
    this.trace.note(() => `phone ${short(call.id)}: ${what}${call.reason ? ` (${call.reason})` : ''}`);
    this.tell({ id: call.id, what, reason: call.reason ?? 'normal' });
  }
}

function isSame(a: CallOrder, b: CallOrder): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
