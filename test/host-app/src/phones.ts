import { Injectable, Module } from '@nestjs/common';
import {
  CallGateway,
  CallNotifications,
  type GatewayCall,
  type GatewayCallState,
  type LegHangupReason,
  type OutgoingCall,
} from 'nestjs-groupcall';

/** A call service whose phones do what the test wants. */
@Injectable()
export class Phones extends CallGateway {
  readonly rung = new Map<string, OutgoingCall>();
  readonly hungUp = new Map<string, LegHangupReason>();
  private readonly states = new Map<string, GatewayCallState>();

  constructor(private readonly notifications: CallNotifications) {
    super();
  }

  async createCall(call: OutgoingCall): Promise<void> {
    if (this.states.has(call.id)) return;
    this.states.set(call.id, 'ringing');
    this.rung.set(call.to.target, call);
    await this.notifications.ringing(call.id);
  }

  async hangupCall(id: string, reason: LegHangupReason): Promise<GatewayCallState> {
    const state = this.states.get(id) ?? 'unknown';
    this.states.set(id, 'ended');
    this.hungUp.set(id, reason);
    if (state === 'ringing' || state === 'answered')
      setImmediate(() => void this.notifications.ended(id, reason));
    return state;
  }

  async getCall(id: string): Promise<GatewayCall> {
    return { id, state: this.states.get(id) ?? 'unknown' };
  }

  async listCalls({ after }: { after: string }): Promise<GatewayCall[]> {
    const living = [...this.states].filter(([id, state]) => id > after && state !== 'ended');
    return living.sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, state]) => ({ id, state }));
  }

  answer(target: string): Promise<'won' | 'lost'> {
    const { id } = this.rung.get(target)!;
    this.states.set(id, 'answered');
    return this.notifications.answered(id);
  }

  end(target: string): Promise<void> {
    const { id } = this.rung.get(target)!;
    this.states.set(id, 'ended');
    return this.notifications.ended(id);
  }
}

@Module({ providers: [Phones], exports: [Phones] })
export class PhonesModule {}
