import { GroupcallEvent } from './groupcall.event.js';

/** The groupcall has ended, exactly once; `data.hangup_reason` says how. Wire type `groupcall_hangup` (SPEC 5). */
export class GroupcallHangupEvent extends GroupcallEvent {}
