import { toGroupcallResource, type GroupcallResource } from '../../domain/groupcall-resource.js';
import { hangUpSubtree } from '../../domain/hang-up-subtree.js';
import type { Turn } from '../../domain/turn.js';
import type { HangupCommand } from './hangup.command.js';

export function decideHangup(turn: Turn, command: HangupCommand): GroupcallResource {
  hangUpSubtree(turn, command.groupcallId);
  return toGroupcallResource(turn.groupcall(command.groupcallId));
}
