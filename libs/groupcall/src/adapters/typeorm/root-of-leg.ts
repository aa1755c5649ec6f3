import type { EntityManager } from 'typeorm';
import { baseOf } from '../../domain/member-id.js';
import { GroupcallTreeEntity } from './entities/groupcall-tree.entity.js';

/**
 * The root of the tree that a leg's id belongs to, for a host's own queries: on PostgreSQL `groupcall_leg` is a view, and a leg
 * is found fast by `{ rootId, id }` only.
 * @param legId UUID
 * @param trees the entity of the trees, when the tables are in a place of their own
 * @returns null when there is no such tree; whether it has this leg is not looked at
 */
export async function rootOfLeg(
  manager: EntityManager,
  legId: string,
  trees: typeof GroupcallTreeEntity = GroupcallTreeEntity,
): Promise<string | null> {
  const memberBase = baseOf(legId.toLowerCase());
  const select = { rootId: true } as const;
  const own = await manager.findOne(trees, { select, where: { rootId: memberBase } });
  return (own ?? (await manager.findOne(trees, { select, where: { memberBase } })))?.rootId ?? null;
}
