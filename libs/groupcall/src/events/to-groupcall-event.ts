import type { PublicEvent, PublicEventType } from '../domain/effect.js';
import type { GroupcallEvent } from './groupcall.event.js';
import { GroupcallCreatedEvent } from './groupcall-created.event.js';
import { GroupcallProgressingEvent } from './groupcall-progressing.event.js';
import { GroupcallHangingupEvent } from './groupcall-hangingup.event.js';
import { GroupcallHangupEvent } from './groupcall-hangup.event.js';
import { GroupcallDeletedEvent } from './groupcall-deleted.event.js';
import { GroupcallCallDialedEvent } from './groupcall-call-dialed.event.js';
import { GroupcallCallRingingEvent } from './groupcall-call-ringing.event.js';
import { GroupcallCallHangupEvent } from './groupcall-call-hangup.event.js';

const CLASS_OF: Record<PublicEventType, new (event: PublicEvent, instance: string) => GroupcallEvent> = {
  groupcall_created: GroupcallCreatedEvent,
  groupcall_progressing: GroupcallProgressingEvent,
  groupcall_hangingup: GroupcallHangingupEvent,
  groupcall_hangup: GroupcallHangupEvent,
  groupcall_deleted: GroupcallDeletedEvent,
  groupcall_call_dialed: GroupcallCallDialedEvent,
  groupcall_call_ringing: GroupcallCallRingingEvent,
  groupcall_call_hangup: GroupcallCallHangupEvent,
};

/** The class under which a public event goes over the EventBus. */
export function toGroupcallEvent(event: PublicEvent, instance: string): GroupcallEvent {
  return new CLASS_OF[event.type](event, instance);
}
