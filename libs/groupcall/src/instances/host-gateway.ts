import {
  ALL_GATEWAY_CAPABILITIES,
  CallGateway,
  type GatewayCapabilities,
  type OutgoingCall,
} from '../ports/call-gateway.port.js';
import type { LegHangupReason } from '../domain/status.js';

const LACKS: Record<keyof GatewayCapabilities, string> = {
  listsCalls: 'does not list its calls: calls that no groupcall wants are not looked for',
  limitsRinging: 'does not stop ringing by itself: a phone rings on while no process runs',
  limitsDuration: 'does not end long calls by itself: a call may live on while no process runs',
};

const METHODS = ['createCall', 'hangupCall', 'getCall', 'listCalls'] as const;

/**
 * The host's gateway, passed on. Not the object itself: Nest would call its lifecycle hooks once for each token that has
 * it.
 */
export class HostGateway extends CallGateway {
  override readonly capabilities: GatewayCapabilities;

  /** @throws Error when a method is missing */
  constructor(private readonly inner: CallGateway) {
    super();
    this.capabilities = { ...ALL_GATEWAY_CAPABILITIES, ...inner.capabilities };
    const missing = METHODS.filter((name) => typeof inner[name] !== 'function');
    if (missing.length === 0) return;
    throw new Error(
      `GroupcallModule: the gateway ${inner.constructor.name} has no ${missing.join(', no ')}: let it extend CallGateway.`,
    );
  }

  override createCall(call: OutgoingCall, signal: AbortSignal) {
    return this.inner.createCall(call, signal);
  }

  override hangupCall(id: string, reason: LegHangupReason, signal: AbortSignal) {
    return this.inner.hangupCall(id, reason, signal);
  }

  override getCall(id: string, signal: AbortSignal) {
    return this.inner.getCall(id, signal);
  }

  override listCalls(page: { after: string; limit: number }, signal: AbortSignal) {
    return this.inner.listCalls(page, signal);
  }
}

/** What a host should know at the start of a gateway that cannot do everything. @returns a sentence for each */
export function shortcomings({ capabilities }: HostGateway): string[] {
  return (Object.keys(LACKS) as (keyof GatewayCapabilities)[])
    .filter((one) => !capabilities[one])
    .map((one) => `The gateway ${LACKS[one]}.`);
}
