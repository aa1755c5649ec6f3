import {
  CallGateway,
  CallRefusedError,
  type GatewayCall,
  type GatewayCallState,
  type LegHangupReason,
  type OutgoingCall,
} from '@groupcall/groupcall';

/** A telephone service's calls by our ids: its own ids are nobody's business but its own. */
export class CpaasGateway extends CallGateway {
  constructor(
    private readonly url: string,
    private readonly webhookUrl: string,
  ) {
    super();
  }

  override async createCall(call: OutgoingCall, signal: AbortSignal): Promise<void> {
    const { id, from, to, ringTimeout, maxDuration } = call;
    const body = {
      reference: id,
      from: from.target,
      to: to.target,
      // Should we be gone, the service ends ringing and talking by itself.
      ring_timeout: Math.ceil(ringTimeout / 1_000),
      max_duration: Math.ceil(maxDuration / 1_000),
      webhook: this.webhookUrl,
    };
    // The same key for every attempt: the service places one call.
    const response = await this.ask('POST', '/calls', signal, { 'Idempotency-Key': id }, body);
    if (response.status >= 400 && response.status < 500 && response.status !== 429)
      throw new CallRefusedError(`the service does not place ${id}: ${response.status}`);
    if (!response.ok) throw new Error(`the service answered ${response.status}`);
  }

  override async hangupCall(
    id: string,
    reason: LegHangupReason,
    signal: AbortSignal,
  ): Promise<GatewayCallState> {
    const response = await this.ask('POST', `/calls/${id}/hangup`, signal, {}, { reason });
    if (!response.ok) throw new Error(`the service answered ${response.status}`);
    return ((await response.json()) as { found: GatewayCallState }).found;
  }

  override async getCall(id: string, signal: AbortSignal): Promise<GatewayCall> {
    const response = await this.ask('GET', `/calls/${id}`, signal);
    if (response.status === 404) return { id, state: 'unknown' };
    if (!response.ok) throw new Error(`the service answered ${response.status}`);
    return (await response.json()) as GatewayCall;
  }

  override async listCalls(
    page: { after: string; limit: number },
    signal: AbortSignal,
  ): Promise<GatewayCall[]> {
    const response = await this.ask('GET', `/calls?after=${page.after}&limit=${page.limit}`, signal);
    if (!response.ok) throw new Error(`the service answered ${response.status}`);
    return (await response.json()) as GatewayCall[];
  }

  private ask(
    method: string,
    path: string,
    signal: AbortSignal,
    headers: Record<string, string> = {},
    body?: object,
  ): Promise<Response> {
    return fetch(`${this.url}${path}`, {
      method,
      signal,
      headers: { ...headers, ...(body ? { 'Content-Type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
  }
}
