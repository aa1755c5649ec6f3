import { formatTimestamp } from '@groupcall/shared';
import type { Destination } from './destination.js';
import type { HangupBy, LegHangupReason, LegStatus } from './status.js';
import type { LegState } from './tree-state.js';

/** A leg as the world sees it (SPEC 2, *leg*). */
export interface LegResource {
  /** UUID: the id of the call at the gateway. */
  id: string;
  /** The groupcall that rings it. */
  groupcall_id: string;
  /** Whose it is. */
  customer_id: string;
  /** Whom it rings. */
  destination: Destination;
  /** Which of its groupcall's destinations that is. */
  destination_index: number;
  /** Only moves forward. */
  status: LegStatus;
  /** Why it has ended; empty: it has not. */
  hangup_reason: LegHangupReason | '';
  /** Who ended it. */
  hangup_by: HangupBy;
  /** When it was planned. */
  tm_create: string;
  /** When the gateway had it. */
  tm_dial: string;
  /** When it rang. */
  tm_ringing: string;
  /** When it was answered. */
  tm_answer: string;
  /** When it had ended. */
  tm_hangup: string;
  /** When it stops ringing by itself. */
  dial_deadline: string;
}

/** The wire form of a leg's state. */
export function toLegResource(leg: LegState): LegResource {
  return {
    id: leg.id,
    groupcall_id: leg.groupcallId,
    customer_id: leg.customerId,
    destination: leg.destination,
    destination_index: leg.destinationIndex,
    status: leg.status,
    hangup_reason: leg.hangupReason,
    hangup_by: leg.hangupBy,
    tm_create: formatTimestamp(leg.tmCreate),
    tm_dial: formatTimestamp(leg.tmDial),
    tm_ringing: formatTimestamp(leg.tmRinging),
    tm_answer: formatTimestamp(leg.tmAnswer),
    tm_hangup: formatTimestamp(leg.tmHangup),
    dial_deadline: formatTimestamp(leg.dialDeadline),
  };
}
