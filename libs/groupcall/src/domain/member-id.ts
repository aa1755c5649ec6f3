import { hash } from 'node:crypto';
import { composeUuidV7 } from '@groupcall/shared';

/**
 * Ids of a tree's members. All of them share their tree's *base*, a UUIDv7 whose last five digits are zero; there each has
 * its number in the order of creation. So whoever knows a leg knows its tree, without a table that says it.
 *
 * A root whose id we make is its tree's base. A root whose id was chosen by somebody else has a base besides.
 */
export const NUMBER_DIGITS = 5;
/** Characters that all ids of a tree have in common. */
export const SHARED_LENGTH = 36 - NUMBER_DIGITS;
const NONE = '0'.repeat(NUMBER_DIGITS);
const DIGIT_0 = '0'.charCodeAt(0);
const LETTER_A = 'a'.charCodeAt(0);

/** Members that a tree can have besides its root. */
export const MOST_MEMBERS = 16 ** NUMBER_DIGITS - 1;

/** What the ids of all members of its tree begin with. Of what is no member's id: nobody's. */
export function baseOf(memberId: string): string {
  return memberId.slice(0, SHARED_LENGTH) + NONE;
}

/** Which of its tree's members it is, from 1 on; 0: the base itself. @param memberId in its stored form */
export function memberNumber(memberId: string): number {
  // Asked for every leg of every turn: a text of its own for five digits would cost more than they do.
  let number = 0;
  for (let place = SHARED_LENGTH; place < 36; place += 1) {
    const code = memberId.charCodeAt(place);
    number = number * 16 + (code < LETTER_A ? code - DIGIT_0 : code - LETTER_A + 10);
  }
  return number;
}

/** The id of a tree's member. */
export function memberId(base: string, number: number): string {
  return base.slice(0, SHARED_LENGTH) + number.toString(16).padStart(NUMBER_DIGITS, '0');
}

/**
 * A root's id that is its tree's base.
 * @param unixMs epoch ms
 * @param maker 12 bits that say who has made it
 * @param random 16 hexadecimal digits
 */
export function newRootId(unixMs: number, maker: number, random: string): string {
  return baseOf(composeUuidV7(unixMs, maker, random));
}

/** Who has made the tree of this member: what {@link newRootId} or {@link baseFor} was told. */
export function makerOf(memberId: string): number {
  return Number.parseInt(memberId.slice(15, 18), 16);
}

/**
 * The base of a tree whose root has an id of somebody else's choice. Another moment, another base: calls of a tree that was
 * removed long ago are not taken for those of a new one with the same id.
 * @param maker as for {@link newRootId}
 */
export function baseFor(rootId: string, at: number, maker = 0): string {
  return newRootId(at, maker, hash('sha256', `${rootId}/${at}`, 'hex'));
}

/**
 * The id of a public event: the same on every delivery (SPEC 5).
 * @param at epoch ms
 */
export function eventId(base: string, sequence: number, at: number): string {
  const random =
    base.slice(19, 23) +
    base.slice(24, SHARED_LENGTH) +
    (sequence & MOST_MEMBERS).toString(16).padStart(NUMBER_DIGITS, '0');
  return composeUuidV7(at, sequence, random);
}
