import { GroupcallEvent } from './groupcall.event.js';

/** The groupcall was answered: `data` names the leg or the child that won. Wire type `groupcall_progressing` (SPEC 5). */
export class GroupcallProgressingEvent extends GroupcallEvent {}
