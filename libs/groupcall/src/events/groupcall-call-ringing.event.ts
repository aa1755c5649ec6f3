import { GroupcallEvent } from './groupcall.event.js';

/** The phone of this leg rings. Wire type `groupcall_call_ringing` (SPEC 5). */
export class GroupcallCallRingingEvent extends GroupcallEvent {}
