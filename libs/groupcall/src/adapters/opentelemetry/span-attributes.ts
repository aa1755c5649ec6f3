import type { Attributes } from '@opentelemetry/api';
import type { TreeCommand } from '../../domain/tree-command.js';
import type { ClaimedEffect } from '../../ports/effect-outbox.port.js';

/** Ids and kinds: whoever may read traces may not therefore read numbers. */
export function attributesOfCommand(command: TreeCommand): Attributes {
  const ids: { rootId?: string; groupcallId?: string; legId?: string } =
    command.type === 'create_groupcall' ? { rootId: command.input.id } : command;
  return {
    'groupcall.command': command.type,
    ...(ids.rootId === undefined ? {} : { 'groupcall.root_id': ids.rootId }),
    ...(ids.groupcallId === undefined ? {} : { 'groupcall.id': ids.groupcallId }),
    ...(ids.legId === undefined ? {} : { 'groupcall.leg_id': ids.legId }),
  };
}

export function attributesOfEffect({ rootId, effect, attempts }: ClaimedEffect): Attributes {
  const of: Attributes = { 'groupcall.effect': effect.kind, 'groupcall.root_id': rootId };
  if (attempts > 0) of['groupcall.effect.attempt'] = attempts + 1;
  if (effect.kind === 'publish') of['groupcall.event'] = effect.event.type;
  if ('legId' in effect) of['groupcall.leg_id'] = effect.legId;
  if (effect.kind === 'resolve') of['groupcall.id'] = effect.groupcallId;
  return of;
}
