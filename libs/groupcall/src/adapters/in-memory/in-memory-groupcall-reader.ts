import { toGroupcallResource, type GroupcallResource } from '../../domain/groupcall-resource.js';
import { toLegResource, type LegResource } from '../../domain/leg-resource.js';
import type { GroupcallState, LegState } from '../../domain/tree-state.js';
import {
  GroupcallReader,
  type GroupcallFilter,
  type LegFilter,
  type ListPosition,
  type ListRequest,
  type Page,
} from '../../ports/groupcall-reader.port.js';
import type { InMemoryDatabase } from './in-memory-database.js';

/** Reads for people, without a server. */
export class InMemoryGroupcallReader extends GroupcallReader {
  constructor(private readonly database: InMemoryDatabase) {
    super();
  }

  override async findGroupcall(customerId: string, id: string): Promise<GroupcallResource | null> {
    const groupcall = this.treeOf(customerId, id)?.groupcalls.get(id);
    return groupcall ? toGroupcallResource(groupcall) : null;
  }

  override async listGroupcalls(request: ListRequest<GroupcallFilter>): Promise<Page<GroupcallResource>> {
    const all = this.treesOf(request.customerId).flatMap((tree) => [...tree.groupcalls.values()]);
    return pageOf(
      all.filter(({ tmDelete }) => tmDelete === null),
      request,
      toGroupcallResource,
    );
  }

  override async findLegsOf(
    customerId: string,
    groupcallId: string,
    wholeTree: boolean,
  ): Promise<LegResource[] | null> {
    const tree = this.treeOf(customerId, groupcallId);
    if (!tree) return null;
    return [...tree.legs.values()]
      .filter((leg) => wholeTree || leg.groupcallId === groupcallId)
      .map(toLegResource);
  }

  override async findLeg(customerId: string, id: string): Promise<LegResource | null> {
    const leg = this.database.trees.get(this.database.rootOfLeg.get(id) ?? '')?.legs.get(id);
    return leg?.customerId === customerId ? toLegResource(leg) : null;
  }

  override async listLegs({
    customerId,
    filter,
    after,
    pageSize,
  }: ListRequest<LegFilter>): Promise<Page<LegResource>> {
    const all = this.treesOf(customerId).flatMap((tree) =>
      [...tree.legs.values()].map((leg, ordinal) => ({
        leg,
        ordinal,
        groupcall: tree.groupcalls.get(leg.groupcallId)!,
      })),
    );
    const sorted = all.sort((a, b) => (isLegOlder(a, b) ? 1 : -1));
    const at = after === null ? -1 : sorted.findIndex(({ leg }) => leg.id === after.id);
    // Of a leg that is gone its groupcall's moment still says what is older.
    const rest =
      after === null || at >= 0
        ? sorted.slice(at + 1)
        : sorted.filter(({ groupcall }) => isOlder(groupcall, after));
    const found = rest.filter(
      ({ leg, groupcall }) =>
        (filter.groupcall_id ?? leg.groupcallId) === leg.groupcallId &&
        (filter.status ?? leg.status) === leg.status &&
        (filter.owner_id ?? groupcall.ownerId) === groupcall.ownerId &&
        (filter.groupcall_id !== undefined || groupcall.tmDelete === null),
    );
    const items = found.slice(0, pageSize);
    const last = items.at(-1);
    return {
      items: items.map(({ leg }) => toLegResource(leg)),
      next: found.length > pageSize && last ? { tmCreate: last.groupcall.tmCreate, id: last.leg.id } : null,
    };
  }

  private treesOf(customerId: string) {
    return [...this.database.trees.values()].filter((tree) => tree.customerId === customerId);
  }

  private treeOf(customerId: string, groupcallId: string) {
    const tree = this.database.trees.get(this.database.rootOfGroupcall.get(groupcallId) ?? '');
    return tree?.customerId === customerId ? tree : undefined;
  }
}

/** Filters compare the wire form: a filter's key is the resource's key. */
function pageOf<S extends GroupcallState, R extends object>(
  all: readonly S[],
  { filter, after, pageSize }: ListRequest<Partial<Record<keyof R, unknown>>>,
  toResource: (state: S) => R,
): Page<R> {
  const wanted = Object.entries(filter).filter(([, value]) => value !== undefined);
  const found = all
    .filter((state) => after === null || isOlder(state, after))
    .sort((a, b) => (isOlder(a, b) ? 1 : -1))
    .map((state) => ({ state, resource: toResource(state) }))
    .filter(({ resource }) => wanted.every(([key, value]) => resource[key as keyof R] === value));
  const items = found.slice(0, pageSize);
  const last = items.at(-1)?.state;
  const next = found.length > pageSize && last ? { tmCreate: last.tmCreate, id: last.id } : null;
  return { items: items.map(({ resource }) => resource), next };
}

function isOlder(state: ListPosition, than: ListPosition): boolean {
  return state.tmCreate < than.tmCreate || (state.tmCreate === than.tmCreate && state.id < than.id);
}

interface PlacedLeg {
  readonly leg: LegState;
  readonly ordinal: number;
  readonly groupcall: GroupcallState;
}

/** The newest groupcall first, and in it the newest leg. */
function isLegOlder(one: PlacedLeg, than: PlacedLeg): boolean {
  if (one.groupcall.id !== than.groupcall.id) return isOlder(one.groupcall, than.groupcall);
  return one.ordinal < than.ordinal;
}
