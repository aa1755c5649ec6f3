import type { Destination } from './destination.js';
import type { LegHangupReason } from './status.js';
import type { GroupcallResource } from './groupcall-resource.js';
import type { LegResource } from './leg-resource.js';

/** The wire types of SPEC 5. */
export const PUBLIC_EVENT_TYPES = [
  'groupcall_created',
  'groupcall_progressing',
  'groupcall_hangingup',
  'groupcall_hangup',
  'groupcall_deleted',
  'groupcall_call_dialed',
  'groupcall_call_ringing',
  'groupcall_call_hangup',
] as const;
export type PublicEventType = (typeof PUBLIC_EVENT_TYPES)[number];

/**
 * A public event as it is delivered (SPEC 5). `sequence` counts per tree without gaps; `id` is the same on every
 * delivery, so a consumer drops what it has seen. Events about a leg carry it beside its groupcall.
 */
export interface PublicEvent {
  /** What has happened. */
  readonly type: PublicEventType;
  /** The same on every delivery: drop what you have seen. */
  readonly id: string;
  /** Counts per tree, without gaps. */
  readonly sequence: number;
  /** When it happened. */
  readonly tm: string;
  /** The groupcall after it. */
  readonly data: GroupcallResource;
  /** The leg after it, for events about one. */
  readonly leg?: LegResource;
}

/**
 * What the world must do because of a decision. Committed with the decision, executed afterwards by the relay,
 * at least once, in order within one lane. Nothing in here may be needed to decide.
 */
export type Effect =
  | { readonly kind: 'dial'; readonly lane: string; readonly legId: string }
  | {
      readonly kind: 'hangup';
      readonly lane: string;
      readonly legId: string;
      readonly reason: LegHangupReason;
      /** True: the leg has answered although it was being hung up or had ended, so there is a call. */
      readonly again?: boolean;
    }
  | {
      readonly kind: 'resolve';
      readonly lane: string;
      readonly groupcallId: string;
      readonly index: number;
      readonly destination: Destination;
    }
  | { readonly kind: 'publish'; readonly lane: string; readonly event: PublicEvent };

export type EffectKind = Effect['kind'];
