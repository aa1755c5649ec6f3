/**
 * A gateway that does not list its calls is asked for each answered one about as often, ms (RELIABILITY 3.4): most calls
 * are talks, and they are long.
 */
const TALK_INTERVAL = 60_000;

/** Whose turn it is to be asked for, of many talks: about as many in each look. */
export class TalkTurns {
  private readonly looksPerTurn: number;
  private looks = 0;

  /** @param lookInterval ms between two looks */
  constructor(lookInterval: number) {
    this.looksPerTurn = Math.ceil(TALK_INTERVAL / lookInterval);
  }

  /** A look begins. */
  next(): void {
    this.looks += 1;
  }

  /** @param callId a UUID */
  isTurnOf(callId: string): boolean {
    return (Number.parseInt(callId.slice(-8), 16) + this.looks) % this.looksPerTurn === 0;
  }
}
