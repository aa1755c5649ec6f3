import { GroupcallEvent } from './groupcall.event.js';

/** The groupcall is stored; nothing has been dialled yet. Wire type `groupcall_created` (SPEC 5). */
export class GroupcallCreatedEvent extends GroupcallEvent {}
