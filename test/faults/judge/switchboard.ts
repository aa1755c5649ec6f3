import type { Ledger, CallOrder, CallState } from './ledger.js';
import { farEndOf, type FarEnd } from './far-end.js';

/** A call that was placed, or hung up before it was. */
interface Call {
  readonly id: string;
  readonly account: string;
  readonly order?: CallOrder;
  readonly farEnd?: FarEnd;
  state: CallState;
  reason?: string;
  /** A hangup was ordered: nothing with this id is placed any more. */
  tombstone: boolean;
  timers: NodeJS.Timeout[];
}

/** News of a call for the servers of an account. */
export interface News {
  readonly account: string;
  readonly id: string;
  readonly what: 'ringing' | 'answered' | 'ended';
  readonly reason?: string;
}

export interface KnownCall {
  readonly id: string;
  readonly state: CallState;
  readonly reason?: string;
}

/** How long an order to hang up needs to reach the phone, ms. */
const HANGUP_TIME = 15;
const ENDED_BY_SCRIPT = {
  busy: 'busy',
  reject: 'rejected',
  noanswer: 'noanswer',
  fail: 'failed',
  end: 'normal',
} as const;

/**
 * The telephone network of the fault laboratory: keeps the gateway contract to the letter (RELIABILITY 3.3) and plays
 * the far ends by their scripts, whether or not any server is alive.
 */
export class Switchboard {
  private readonly calls = new Map<string, Call>();

  constructor(
    private readonly ledger: Ledger,
    private readonly tell: (news: News) => void,
  ) {}

  create(account: string, id: string, order: CallOrder): 'placed' | 'known' | 'refused' | 'conflict' {
    const outcome = this.judge(account, id, order);
    this.ledger.note(account, { kind: 'create', id, outcome, order });
    if (outcome === 'placed') this.place(account, id, order);
    return outcome;
  }

  hangup(account: string, id: string, reason: string): CallState {
    const call = this.calls.get(id);
    const found = call?.state ?? 'unknown';
    this.ledger.note(account, { kind: 'hangup', id, found, reason });
    if (!call) {
      this.calls.set(id, { id, account, state: 'unknown', tombstone: true, timers: [] });
      return found;
    }
    const crosses = call.farEnd?.answersOnCancel === true && call.state === 'ringing' && !call.tombstone;
    call.tombstone = true;
    if (crosses) this.answer(call);
    else if (found === 'ringing' || found === 'answered') {
      call.timers.push(setTimeout(() => this.end(call, reason, 'hangup'), HANGUP_TIME));
    }
    return found;
  }

  find(id: string): KnownCall {
    const call = this.calls.get(id);
    return { id, state: call?.state ?? 'unknown', ...(call?.reason ? { reason: call.reason } : {}) };
  }

  /** Calls of the account that have not ended, by id. */
  living(account: string): KnownCall[] {
    return [...this.calls.values()]
      .filter((call) => call.account === account && (call.state === 'ringing' || call.state === 'answered'))
      .map(({ id, state }) => ({ id, state }))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  private judge(account: string, id: string, order: CallOrder): 'placed' | 'known' | 'refused' | 'conflict' {
    const known = this.calls.get(id);
    if (
      known?.order &&
      (known.account !== account || JSON.stringify(known.order) !== JSON.stringify(order))
    ) {
      return 'conflict';
    }
    if (known?.order) return 'known';
    if (known?.tombstone || farEndOf(order.to.target).refused) return 'refused';
    return 'placed';
  }

  private place(account: string, id: string, order: CallOrder): void {
    const farEnd = farEndOf(order.to.target);
    const call: Call = { id, account, order, farEnd, state: 'ringing', tombstone: false, timers: [] };
    this.calls.set(id, call);
    // The dead-man's switch: the call ends though every server and the database be gone.
    const giveUp = () => {
      if (call.state === 'ringing') this.end(call, 'noanswer', 'dead_man');
    };
    call.timers.push(setTimeout(giveUp, order.ringTimeout));
    let at = 0;
    for (const { event, after } of farEnd.steps) {
      at += after;
      call.timers.push(setTimeout(() => this.play(call, event), at));
    }
  }

  private play(call: Call, event: FarEnd['steps'][number]['event']): void {
    if (call.state === 'ended') return;
    if (event === 'ring') this.tellOf(call, 'ringing');
    else if (event === 'answer') this.answer(call);
    else this.end(call, ENDED_BY_SCRIPT[event], 'far_end');
  }

  private answer(call: Call): void {
    if (call.state !== 'ringing') return;
    call.state = 'answered';
    this.ledger.note(call.account, { kind: 'call', id: call.id, state: 'answered' });
    const longest = call.order?.maxDuration ?? 0;
    call.timers.push(setTimeout(() => this.end(call, 'normal', 'dead_man'), longest));
    this.tellOf(call, 'answered');
  }

  private end(call: Call, reason: string, by: 'far_end' | 'hangup' | 'dead_man'): void {
    if (call.state === 'ended') return;
    call.state = 'ended';
    call.reason = reason;
    for (const timer of call.timers.splice(0)) clearTimeout(timer);
    this.ledger.note(call.account, { kind: 'call', id: call.id, state: 'ended', reason, by });
    this.tellOf(call, 'ended');
  }

  private tellOf(call: Call, what: News['what']): void {
    if (call.farEnd?.muted) return;
    this.tell({ account: call.account, id: call.id, what, ...(call.reason ? { reason: call.reason } : {}) });
  }
}
