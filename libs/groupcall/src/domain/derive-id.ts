import { createHash } from 'node:crypto';
import { composeUuidV7 } from '@groupcall/shared';
import type { TreeState } from './tree-state.js';

/**
 * The id of the next leg or child of a tree. It follows from the tree alone, so that `decide` needs no random source,
 * a lost commit decides the same ids again, and a replay gives the same calls.
 */
export function nextId(state: TreeState, now: number): string {
  const made = state.groupcalls.size + state.legs.size;
  return composeUuidV7(now, made, digest(`${state.rootId}/${made}/${now}`));
}

/** The id of a public event: the same on every delivery (SPEC 5). */
export function eventId(rootId: string, sequence: number, at: number): string {
  return composeUuidV7(at, sequence, digest(`${rootId}#${sequence}`));
}

function digest(text: string): Uint8Array {
  return createHash('sha256').update(text).digest();
}
