import {
  CallGateway,
  CallRefusedError,
  type GatewayCall,
  type GatewayCallState,
  type OutgoingCall,
  type LegHangupReason,
} from '@groupcall/groupcall';
import {
  NoReply,
  type BehaviourOf,
  type CallBehaviour,
  type GatewayListener,
  type GatewayOrder,
} from './gateway-behaviour.js';

interface ScriptedCall {
  state: GatewayCallState;
  reason?: LegHangupReason;
  tombstone: boolean;
  crossed: boolean;
}

const OBLIGING: CallBehaviour = { dial: 'accept', hangup: 'confirm' };

/**
 * A gateway for tests that does what it is told: it accepts every dial at once, rings nothing by itself and confirms
 * a hangup at once by an `ended` notification, unless a behaviour says otherwise. It keeps the contract of
 * {@link CallGateway}: one call per id, tombstones, all four states of a hangup. No clock, no timer.
 */
export class ScriptedGateway extends CallGateway {
  readonly orders: GatewayOrder[] = [];
  private readonly calls = new Map<string, ScriptedCall>();
  private readonly held = new Map<string, () => void>();
  private readonly notifying = new Set<Promise<unknown>>();
  private readonly failures: unknown[] = [];

  /** @param behaviourOf asked at every order; missing parts are as by default */
  constructor(
    private readonly listener: GatewayListener,
    private behaviourOf: BehaviourOf = () => ({}),
  ) {
    super();
  }

  override async createCall(call: OutgoingCall): Promise<void> {
    const { dial } = { ...OBLIGING, ...(await this.behaviourOf(call.id, call)) };
    if (dial === 'silent') throw new NoReply('the gateway does not answer');
    const known = this.calls.get(call.id);
    const outcome =
      known?.tombstone || (dial === 'refuse' && !known) ? 'refused' : known ? 'known' : 'placed';
    this.orders.push({ kind: 'dial', id: call.id, outcome, call });
    if (outcome === 'refused') throw new CallRefusedError(`call ${call.id} cannot be placed`);
    if (!known) this.callOf(call.id);
    if (dial === 'reply_lost' && !known) throw new NoReply('the reply of the gateway is lost');
    if (dial === 'held') await new Promise<void>((resolve) => this.held.set(call.id, resolve));
  }

  override async hangupCall(id: string, reason: LegHangupReason): Promise<GatewayCallState> {
    const { hangup } = { ...OBLIGING, ...(await this.behaviourOf(id)) };
    if (hangup === 'silent') throw new NoReply('the gateway does not answer');
    const call = this.calls.get(id);
    const found = call?.state ?? 'unknown';
    this.orders.push({ kind: 'hangup', id, found, reason });
    if (!call) this.calls.set(id, { state: 'unknown', tombstone: true, crossed: false });
    if (!call || found === 'unknown' || found === 'ended') return found;
    call.tombstone = true;
    if (hangup === 'answer' && !call.crossed) {
      call.crossed = true;
      this.keep(this.answer(id));
    } else if (hangup !== 'by_hand') {
      this.keep(this.end(id, reason));
    }
    if (hangup === 'reply_lost') throw new NoReply('the reply of the gateway is lost');
    return found;
  }

  override async getCall(id: string): Promise<GatewayCall> {
    const call = this.calls.get(id);
    return { id, state: call?.state ?? 'unknown', ...(call?.reason ? { reason: call.reason } : {}) };
  }

  override async listCalls({ after, limit }: { after: string; limit: number }): Promise<GatewayCall[]> {
    const ids = this.living()
      .filter((id) => id > after)
      .sort()
      .slice(0, limit);
    return ids.map((id) => ({ id, state: this.calls.get(id)!.state }));
  }

  /** Ids of the calls that have not ended. */
  living(): string[] {
    return [...this.calls]
      .filter(([, { state }]) => state === 'ringing' || state === 'answered')
      .map(([id]) => id);
  }

  /** Calls whose dial is held back at the moment. */
  get holding(): number {
    return this.held.size;
  }

  /** Lets a held dial return. @throws Error when there is none */
  release(id: string): void {
    const go = this.held.get(id);
    if (!go) throw new Error(`no dial of call ${id} is held`);
    this.held.delete(id);
    go();
  }

  /** From now on it does what it is asked, and lets go what it holds. */
  becomeObliging(): void {
    this.behaviourOf = () => ({});
    for (const id of [...this.held.keys()]) this.release(id);
  }

  /**
   * The far end's phone rings. The notification goes out whatever the call's state is, since they may come late or
   * twice; so do those of {@link answer} and {@link end}. @returns what the listener made of it
   */
  ring(id: string): Promise<unknown> {
    this.callOf(id);
    return this.notify(() => this.listener.ringing(id));
  }

  /** The far end picks up. */
  answer(id: string): Promise<unknown> {
    const call = this.callOf(id);
    if (call.state === 'ringing') call.state = 'answered';
    return this.notify(() => this.listener.answered(id));
  }

  /** The far end, or a confirmed hangup, ends the call. */
  end(id: string, reason: LegHangupReason): Promise<unknown> {
    this.endUnheard(id, reason);
    return this.notify(() => this.listener.ended(id, reason));
  }

  /** The call ends, and the notification is lost on its way. */
  endUnheard(id: string, reason: LegHangupReason): void {
    Object.assign(this.callOf(id), { state: 'ended', reason });
  }

  /** Resolves when every notification has been taken. @throws what the listener made of one that nobody played by hand */
  async whenQuiet(): Promise<void> {
    while (this.notifying.size > 0) await Promise.allSettled(this.notifying);
    if (this.failures.length > 0) throw this.failures.shift();
  }

  /** Notifications under way. */
  get notifications(): number {
    return this.notifying.size;
  }

  private callOf(id: string): ScriptedCall {
    const call = this.calls.get(id) ?? { state: 'ringing', tombstone: false, crossed: false };
    this.calls.set(id, call);
    return call;
  }

  private notify(send: () => Promise<unknown>): Promise<unknown> {
    // Not in the same breath as the order that caused it: a notification is a message of its own.
    const sent: Promise<unknown> = Promise.resolve()
      .then(send)
      .finally(() => this.notifying.delete(sent));
    this.notifying.add(sent);
    return sent;
  }

  private keep(sent: Promise<unknown>): void {
    sent.catch((error: unknown) => this.failures.push(error));
  }
}
