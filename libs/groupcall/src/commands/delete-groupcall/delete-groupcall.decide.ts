import { NIL_UUID } from '@groupcall/shared';
import { conflict } from '../../domain/groupcall-error.js';
import { toGroupcallResource, type GroupcallResource } from '../../domain/groupcall-resource.js';
import { hangUpSubtree } from '../../domain/hang-up-subtree.js';
import type { Turn } from '../../domain/turn.js';
import type { DeleteGroupcallCommand } from './delete-groupcall.command.js';

export function decideDelete(turn: Turn, command: DeleteGroupcallCommand): GroupcallResource {
  const { groupcallId } = command;
  const groupcall = turn.groupcall(groupcallId);
  if (groupcall.masterGroupcallId !== NIL_UUID) {
    throw conflict(
      `Groupcall ${groupcallId} is part of groupcall ${turn.state.rootId}: delete that one, or hang this one up.`,
    );
  }
  hangUpSubtree(turn, groupcallId);
  for (const { id, tmDelete } of [...turn.state.groupcalls.values()]) {
    if (tmDelete === null) turn.emit({ type: 'groupcall_deleted', at: turn.now, groupcallId: id });
  }
  return toGroupcallResource(turn.groupcall(groupcallId));
}
