import { baseOf } from '../domain/member-id.js';

/**
 * Which of several processes stands in for one that has gone: all who know the same ones choose the same, and whoever comes
 * or goes changes it for his own share of the trees only (highest random weight).
 * @param memberId of a leg or groupcall of the tree
 * @param mine the number of this process
 * @param others those of the others
 */
export function deputyFor(memberId: string, mine: number, others: Iterable<number>): number {
  const tree = hashOf(baseOf(memberId));
  let deputy = mine;
  let most = weightOf(tree, mine);
  for (const number of others) {
    const weight = weightOf(tree, number);
    if (weight < most || (weight === most && number > deputy)) continue;
    deputy = number;
    most = weight;
  }
  return deputy;
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash;
}

/** Neighbouring numbers and hashes must not have neighbouring weights. */
function weightOf(hash: number, number: number): number {
  let mixed = Math.imul(hash ^ Math.imul(number, 0x9e3779b1), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
