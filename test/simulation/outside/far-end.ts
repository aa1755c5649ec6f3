import type { Random } from '../../faults/random.js';
import type { LegHangupReason } from '../../../libs/groupcall/src/domain/status.js';

/** What the phone at the other end is going to do; moments in ms after the call was placed, Infinity = never. */
export interface FarEnd {
  /** The gateway will not place it, now or ever. */
  readonly refused: boolean;
  readonly ringsAfter: number;
  readonly answersAfter: number;
  /** Ends by itself without an answer. */
  readonly givesUpAfter: number;
  readonly reason: LegHangupReason;
  /** ms of talking until the far end hangs up. */
  readonly talksFor: number;
  /** Answers at the very moment it is hung up (a CANCEL that crosses the 200). */
  readonly answersOnCancel: boolean;
}

const GIVE_UP: readonly LegHangupReason[] = ['busy', 'rejected', 'noanswer', 'failed', 'normal'];

/** @param ringTime ms that the leg may ring: some answer just then */
export function randomFarEnd(random: Random, ringTime: number): FarEnd {
  const answers = random.chance(0.45);
  const answersAfter = answers
    ? random.weighted([
        [5, random.next() * ringTime * 0.6],
        [2, random.next() * 50],
        [2, ringTime + random.between(-30, 60)],
      ])
    : Infinity;
  return {
    refused: random.chance(0.06),
    ringsAfter: random.chance(0.8) ? random.next() * 200 : Infinity,
    answersAfter,
    givesUpAfter: !answers && random.chance(0.5) ? random.next() * ringTime : Infinity,
    reason: random.pick(GIVE_UP),
    talksFor: random.chance(0.8) ? 50 + random.next() * 6_000 : Infinity,
    answersOnCancel: random.chance(0.15),
  };
}
