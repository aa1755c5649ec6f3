import {
  CallGateway,
  HandleAnswerCommand,
  HandleHangupCommand,
  HandleRingingCommand,
  type GatewayCall,
  type GatewayCallState,
  type LegHangupReason,
  type OutgoingCall,
} from '@groupcall/groupcall';
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';

/**
 * The least that is a gateway: phones in memory, played by hand. It forgets its calls with the process, which a real
 * one must not.
 */
@Injectable()
export class DeskPhones extends CallGateway {
  private readonly calls = new Map<string, { target: string; state: GatewayCallState }>();

  constructor(private readonly commands: CommandBus) {
    super();
  }

  /** Numbers that ring at this moment. */
  get ringing(): string[] {
    return [...this.calls.values()].filter(({ state }) => state === 'ringing').map(({ target }) => target);
  }

  /** Somebody picks up. */
  async pickUp(target: string): Promise<void> {
    const [id, call] = this.find(target, 'ringing');
    call.state = 'answered';
    await this.commands.execute(new HandleAnswerCommand({ legId: id }));
  }

  /** Whoever talks puts the phone down. */
  async putDown(target: string): Promise<void> {
    const [id] = this.find(target, 'answered');
    await this.end(id, 'normal');
  }

  override async createCall({ id, to }: OutgoingCall): Promise<void> {
    // A second order for the same call places nothing.
    if (this.calls.has(id)) return;
    this.calls.set(id, { target: to.target, state: 'ringing' });
    this.notify(new HandleRingingCommand({ legId: id }));
  }

  override async hangupCall(id: string, reason: LegHangupReason): Promise<GatewayCallState> {
    const found = this.calls.get(id)?.state ?? 'unknown';
    if (found === 'ringing' || found === 'answered') void this.end(id, reason);
    // A tombstone: an order for this call that comes late places nothing.
    if (found === 'unknown') this.calls.set(id, { target: '', state: 'ended' });
    return found;
  }

  override async getCall(id: string): Promise<GatewayCall> {
    return { id, state: this.calls.get(id)?.state ?? 'unknown' };
  }

  override async listCalls({ after, limit }: { after: string; limit: number }): Promise<GatewayCall[]> {
    return [...this.calls]
      .filter(([id, { state }]) => id > after && (state === 'ringing' || state === 'answered'))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .slice(0, limit)
      .map(([id, { state }]) => ({ id, state }));
  }

  private async end(id: string, reason: LegHangupReason): Promise<void> {
    this.calls.get(id)!.state = 'ended';
    this.notify(new HandleHangupCommand({ legId: id, reason }));
  }

  /** What is lost here the engine finds out by asking: `getCall` and `listCalls` (the reconciler). */
  private notify(command: HandleRingingCommand | HandleHangupCommand): void {
    this.commands.execute(command as HandleRingingCommand).catch(() => undefined);
  }

  private find(target: string, state: GatewayCallState) {
    const found = [...this.calls].find(([, call]) => call.target === target && call.state === state);
    if (!found) throw new Error(`No phone ${target} is ${state}.`);
    return found;
  }
}
