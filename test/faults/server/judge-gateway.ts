import {
  CallGateway,
  CallRefusedError,
  type GatewayCall,
  type GatewayCallState,
  type OutgoingCall,
} from '@groupcall/groupcall';
import type { CallOrder } from '../judge/ledger.js';

/** The gateway of the servers under test: every call is one HTTP request to the judge. */
export class JudgeGateway extends CallGateway {
  /** @param judge the account's URL */
  constructor(private readonly judge: string) {
    super();
  }

  override async createCall(call: OutgoingCall, signal: AbortSignal): Promise<void> {
    const { id, customerId, groupcallId, rootId, from, to, ringTimeout, maxDuration } = call;
    const order: CallOrder = { customerId, groupcallId, rootId, from, to, ringTimeout, maxDuration };
    const reply = await fetch(`${this.judge}/calls/${id}`, {
      method: 'PUT',
      body: JSON.stringify(order),
      signal,
    });
    await reply.arrayBuffer();
    if (reply.status === 409 || reply.status === 410)
      throw new CallRefusedError(`the judge says ${reply.status}`);
    if (!reply.ok) throw new Error(`the judge says ${reply.status}`);
  }

  override async hangupCall(id: string, reason: string, signal: AbortSignal): Promise<GatewayCallState> {
    const { found } = await this.ask<{ found: GatewayCallState }>(
      `/calls/${id}?reason=${reason}`,
      signal,
      'DELETE',
    );
    return found;
  }

  override getCall(id: string, signal: AbortSignal): Promise<GatewayCall> {
    return this.ask(`/calls/${id}`, signal);
  }

  override listCalls(page: { after: string; limit: number }, signal: AbortSignal): Promise<GatewayCall[]> {
    return this.ask(`/calls?after=${page.after}&limit=${page.limit}`, signal);
  }

  private async ask<T>(path: string, signal: AbortSignal, method = 'GET'): Promise<T> {
    const reply = await fetch(`${this.judge}${path}`, { method, signal });
    const body = (await reply.json()) as T;
    if (!reply.ok) throw new Error(`the judge says ${reply.status}`);
    return body;
  }
}
