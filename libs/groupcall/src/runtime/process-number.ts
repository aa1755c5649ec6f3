import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';

const NUMBERS = 0x1000;

/**
 * Says in the ids of trees which process has made them: 12 bits, drawn at the start. Two processes with the same number
 * are no harm but to speed; as soon as they hear of each other one of them draws again.
 */
@Injectable()
export class ProcessNumber {
  private drawn: number | undefined;

  get value(): number {
    return (this.drawn ??= this.draw(NUMBERS));
  }

  /** Another one than before. */
  drawAgain(): void {
    this.drawn = (this.value + 1 + this.draw(NUMBERS - 1)) % NUMBERS;
  }

  /** From 0 to below. */
  protected draw(below: number): number {
    return randomInt(below);
  }
}
