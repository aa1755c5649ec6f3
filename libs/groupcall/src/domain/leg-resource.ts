import { formatTimestamp } from '@groupcall/shared';
import type { Destination } from './destination.js';
import type { HangupBy, LegHangupReason, LegStatus } from './status.js';
import type { LegState } from './tree-state.js';

/** A leg as the world sees it (SPEC 2, *leg*). */
export interface LegResource {
  id: string;
  groupcall_id: string;
  customer_id: string;
  destination: Destination;
  destination_index: number;
  status: LegStatus;
  hangup_reason: LegHangupReason | '';
  hangup_by: HangupBy;
  tm_create: string;
  tm_dial: string;
  tm_ringing: string;
  tm_answer: string;
  tm_hangup: string;
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
