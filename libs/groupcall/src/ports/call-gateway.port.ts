import type { Address } from '@groupcall/address';
import type { LegHangupReason } from '../domain/status.js';

/** A call to be placed. The id is ours and was durable before this order was given. */
export interface OutgoingCall {
  /** The leg's id: the idempotency key of everything about this call. */
  readonly id: string;
  /** Who pays for it. */
  readonly customerId: string;
  /** The groupcall that rings it: the root, or one nested in it. */
  readonly groupcallId: string;
  /** Root of the tree: one mailbox, useful as a tag. */
  readonly rootId: string;
  /** Who calls, as the phone should show it. */
  readonly from: Address;
  /** Whom to ring: type `tel` or `sip`, canonical and checked. */
  readonly to: Address;
  /** ms after which the gateway must stop ringing by itself, should we be gone: longer than our own ring time. */
  readonly ringTimeout: number;
  /** ms after which the gateway must end an answered call by itself. */
  readonly maxDuration: number;
}

/** What the gateway knows of a call. `unknown`: never heard of it. */
export type GatewayCallState = 'ringing' | 'answered' | 'ended' | 'unknown';

export interface GatewayCall {
  /** The id that `createCall` was given. */
  readonly id: string;
  /** How far it is. */
  readonly state: GatewayCallState;
  /** Only when ended. */
  readonly reason?: LegHangupReason;
}

/**
 * The permanent no: this call can never be placed (bad number, forbidden, tombstone). Anything else that
 * `createCall` throws means "unknown" and is retried with the same id until the leg's deadline.
 */
export class CallRefusedError extends Error {
  /** Tells this class apart where `instanceof` cannot. */
  override readonly name = 'CallRefusedError';
}

/** What a gateway does beyond placing and ending calls. The engine works without, and promises less. */
export interface GatewayCapabilities {
  /**
   * `listCalls` finds our living calls. Without it nobody looks for calls that no committed state knows (after a
   * restored backup); every leg that counts as placed is asked for one by one.
   */
  readonly listsCalls: boolean;
  /** Stops ringing by itself after `ringTimeout`. Without it a phone rings on while no process of ours runs. */
  readonly limitsRinging: boolean;
  /** Ends an answered call by itself after `maxDuration`. Without it a call may live on while no process of ours runs. */
  readonly limitsDuration: boolean;
}

/** What counts unless a gateway says otherwise: it keeps the whole contract. */
export const ALL_GATEWAY_CAPABILITIES: GatewayCapabilities = {
  listsCalls: true,
  limitsRinging: true,
  limitsDuration: true,
};

/**
 * The host's call service (RELIABILITY 3.3). Every method may be called again with the same id, also from another
 * process and also after the call has ended. A `signal` aborts when the caller has stopped waiting: the outcome then
 * counts as unknown.
 *
 * Notifications come back as `HandleRingingCommand`, `HandleAnswerCommand` and `HandleHangupCommand`; they may arrive
 * twice, late, in any order, and before `createCall` has returned.
 */
export abstract class CallGateway {
  /** What it lacks, told in the log at the start. What is not mentioned it can do. */
  readonly capabilities?: Partial<GatewayCapabilities>;

  /**
   * Place a call. A second time with the same id places nothing and resolves as well, also when the call has ended.
   * Must be durable on the gateway's side before it resolves. After a hangup of this id: {@link CallRefusedError}.
   */
  abstract createCall(call: OutgoingCall, signal: AbortSignal): Promise<void>;

  /**
   * End a call in whatever state it is; all four states are a success. `unknown` leaves a tombstone, so that a
   * delayed `createCall` of this id is refused. Returns the state that was found: `ended` and `unknown` tell us that
   * no notification is to be expected. `reason` `answered_elsewhere` should reach the phone (RFC 3326), so that it
   * shows no missed call.
   */
  abstract hangupCall(id: string, reason: LegHangupReason, signal: AbortSignal): Promise<GatewayCallState>;

  /** Ask for a call, for reconciliation. */
  abstract getCall(id: string, signal: AbortSignal): Promise<GatewayCall>;

  /** Calls placed by us that have not ended, for reconciliation; `after` pages by id. */
  abstract listCalls(page: { after: string; limit: number }, signal: AbortSignal): Promise<GatewayCall[]>;
}
