import { GroupcallEvent } from './groupcall.event.js';

/** The groupcall has left the lists. Wire type `groupcall_deleted` (SPEC 5). */
export class GroupcallDeletedEvent extends GroupcallEvent {}
