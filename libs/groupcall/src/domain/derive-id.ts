import { hash } from 'node:crypto';
import { composeUuidV7 } from '@groupcall/shared';
import type { TreeState } from './tree-state.js';

/** A digest is four times as long as what an id has room for. */
const IDS_PER_DIGEST = 4;
const DIGITS = 16;

/**
 * The id of the next leg or child of a tree. It follows from the tree alone, so that `decide` needs no random source,
 * a lost commit decides the same ids again, and a replay gives the same calls.
 */
export function nextId(state: TreeState, now: number): string {
  const made = state.groupcalls.size + state.legs.size;
  return composeUuidV7(now, made, digits(`${state.rootId}/${now}/`, made));
}

/** The id of a public event: the same on every delivery (SPEC 5). */
export function eventId(rootId: string, sequence: number, at: number): string {
  return composeUuidV7(at, sequence, digits(`${rootId}#`, sequence));
}

/** The last digest: ids are made in rows. */
let known = { text: '', digest: '' };

/** Digits of their own for each number. */
function digits(of: string, number: number): string {
  const rest = number % IDS_PER_DIGEST;
  const text = `${of}${(number - rest) / IDS_PER_DIGEST}`;
  // Hexadecimal: a buffer of its own for each costs more than the hash.
  if (known.text !== text) known = { text, digest: hash('sha256', text, 'hex') };
  return known.digest.slice(rest * DIGITS, (rest + 1) * DIGITS);
}
