import { GroupcallEvent } from './groupcall.event.js';

/** Somebody asked to hang the groupcall up. Wire type `groupcall_hangingup` (SPEC 5). */
export class GroupcallHangingupEvent extends GroupcallEvent {}
