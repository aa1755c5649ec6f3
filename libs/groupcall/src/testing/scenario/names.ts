import { NIL_UUID } from '@groupcall/shared';
import type { Destination } from '../../domain/destination.js';
import type { GroupcallState, LegState, TreeState } from '../../domain/tree-state.js';

/** What the top of every tree is called. */
export const ROOT = 'root';

/** How a destination is called: by its name, else by the user part of its target, else by the target. */
export function nameOfDestination({ target_name, target }: Destination): string {
  return target_name || target.split('@')[0];
}

export function nameOfLeg(leg: LegState): string {
  return nameOfDestination(leg.destination);
}

export function nameOfGroupcall(
  state: TreeState,
  { masterGroupcallId, destinationIndex }: GroupcallState,
): string {
  if (masterGroupcallId === NIL_UUID) return ROOT;
  return nameOfDestination(state.groupcalls.get(masterGroupcallId)!.destinations[destinationIndex]);
}

/** @throws Error that lists the names there are */
export function legNamed(state: TreeState, name: string): LegState {
  const legs = [...state.legs.values()];
  const found = legs.filter((leg) => nameOfLeg(leg) === name);
  if (found.length === 1) return found[0];
  throw new Error(
    `${found.length} legs are called "${name}"; there are: ${legs.map(nameOfLeg).join(', ') || 'none'}.`,
  );
}

/** @throws Error that lists the names there are */
export function groupcallNamed(state: TreeState, name: string): GroupcallState {
  const groupcalls = [...state.groupcalls.values()];
  const found = groupcalls.filter((groupcall) => nameOfGroupcall(state, groupcall) === name);
  if (found.length === 1) return found[0];
  const names = groupcalls.map((groupcall) => nameOfGroupcall(state, groupcall)).join(', ') || 'none';
  throw new Error(`${found.length} groupcalls are called "${name}"; there are: ${names}.`);
}

/** The destination of that name which waits for the directory. @throws Error when there is not exactly one */
export function resolvingNamed(
  state: TreeState,
  name: string,
): { groupcallId: string; index: number; destination: Destination } {
  const found = [...state.groupcalls.values()].flatMap(({ id, slots, destinations }) =>
    slots.flatMap((slot, index) =>
      slot.kind === 'resolving' && nameOfDestination(destinations[index]) === name
        ? [{ groupcallId: id, index, destination: destinations[index] }]
        : [],
    ),
  );
  if (found.length === 1) return found[0];
  throw new Error(`${found.length} destinations called "${name}" wait for the directory.`);
}
