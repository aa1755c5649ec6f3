import { GroupcallEvent } from './groupcall.event.js';

/** The gateway has the call of this leg. Wire type `groupcall_call_dialed` (SPEC 5). */
export class GroupcallCallDialedEvent extends GroupcallEvent {}
