import type { Address } from '@groupcall/address';
import type { LegHangupReason } from '../domain/status.js';

/** A call to be placed. The id is ours and was durable before this order was given. */
export interface OutgoingCall {
  /** The leg's id: the idempotency key of everything about this call. */
  readonly id: string;
  readonly customerId: string;
  readonly groupcallId: string;
  /** Root of the tree: one mailbox, useful as a tag. */
  readonly rootId: string;
  readonly from: Address;
  readonly to: Address;
  /** ms after which the gateway must stop ringing by itself, should we be gone: longer than our own ring time. */
  readonly ringTimeout: number;
  /** ms after which the gateway must end an answered call by itself. */
  readonly maxDuration: number;
}

/** What the gateway knows of a call. `unknown`: never heard of it. */
export type GatewayCallState = 'ringing' | 'answered' | 'ended' | 'unknown';

export interface GatewayCall {
  readonly id: string;
  readonly state: GatewayCallState;
  /** Only when ended. */
  readonly reason?: LegHangupReason;
}

/**
 * The permanent no: this call can never be placed (bad number, forbidden, tombstone). Anything else that
 * `createCall` throws means "unknown" and is retried with the same id until the leg's deadline.
 */
export class CallRefusedError extends Error {
  override readonly name = 'CallRefusedError';
}

/**
 * The host's call service (RELIABILITY 3.3). Every method may be called again with the same id, also from another
 * process and also after the call has ended. A `signal` aborts when the caller has stopped waiting: the outcome then
 * counts as unknown.
 *
 * Notifications come back as `HandleRingingCommand`, `HandleAnswerCommand` and `HandleHangupCommand`; they may arrive
 * twice, late, in any order, and before `createCall` has returned.
 */
export abstract class CallGateway {
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
