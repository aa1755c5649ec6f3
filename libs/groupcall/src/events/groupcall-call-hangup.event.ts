import { GroupcallEvent } from './groupcall.event.js';

/** This leg has ended; `leg.hangup_reason` says how. Wire type `groupcall_call_hangup` (SPEC 5). */
export class GroupcallCallHangupEvent extends GroupcallEvent {}
