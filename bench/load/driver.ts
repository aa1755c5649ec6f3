import type { Engine, Switchboard } from './engine.js';
import { Latencies } from './latencies.js';
import type { Shape } from './shape.js';

interface Flight {
  readonly shape: Shape;
  readonly placed: string[];
  live: number;
  winner: string;
  answeredAt: number | null;
  readonly over: () => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Callers and phones of many groupcalls: creates, answers when every phone has been placed, reports the end of each
 * phone that is hung up, and at last hangs up the winner. Costs as little as it can: it runs in the measured process.
 */
export class Driver implements Switchboard {
  /** From the answer to the hangup handed to the gateway, ms. */
  readonly answerToHangup = new Latencies();
  commands = 0;
  /** Groupcalls of which not exactly one phone was told that it has won. */
  wrongWinners = 0;
  private readonly flights = new Map<string, Flight>();
  private readonly flightOfLeg = new Map<string, Flight>();
  private readonly ringingOff: { flight: Flight; legId: string; reason: 'answered_elsewhere' | 'dialout' }[] =
    [];
  engine!: Engine;
  /** Of several: which one this is. */
  process = 0;
  private begun = 0;

  /** One whole life. Rejects with the first command that fails. */
  async lifecycle(shape: Shape): Promise<void> {
    this.begun += 1;
    const name = `${this.process}/${this.begun}`;
    const placed: string[] = [];
    const whole = new Promise<void>((over, failed) => {
      this.flights.set(name, { shape, placed, live: 0, winner: '', answeredAt: null, over, failed });
    });
    try {
      this.commands += 1;
      await Promise.race([this.engine.create(name, shape), whole]);
      await whole;
    } finally {
      for (const leg of placed) this.flightOfLeg.delete(leg);
      this.flights.delete(name);
    }
  }

  placed(name: string, legId: string): void {
    const flight = this.flights.get(name);
    // At least once: a call may be placed a second time.
    if (!flight || this.flightOfLeg.has(legId)) return;
    this.flightOfLeg.set(legId, flight);
    flight.placed.push(legId);
    flight.live += 1;
    if (flight.placed.length === flight.shape.legs) this.answer(flight, legId);
  }

  hungUp(legId: string): void {
    const flight = this.flightOfLeg.get(legId);
    if (!flight) return;
    this.flightOfLeg.delete(legId);
    const { answeredAt } = flight;
    if (answeredAt !== null) this.answerToHangup.add(performance.now() - answeredAt);
    // The phone's own word comes a moment after we have asked for it.
    if (this.ringingOff.length === 0) setImmediate(() => this.ringOff());
    this.ringingOff.push({ flight, legId, reason: answeredAt === null ? 'dialout' : 'answered_elsewhere' });
  }

  private ringOff(): void {
    for (const { flight, legId, reason } of this.ringingOff.splice(0)) this.end(flight, legId, reason);
  }

  private answer(flight: Flight, legId: string): void {
    flight.answeredAt = performance.now();
    const phones = flight.shape.doubleAnswer ? [flight.placed[0], legId] : [legId];
    this.commands += phones.length;
    Promise.all(phones.map((phone) => this.engine.answer(phone))).then((outcomes) => {
      const winners = phones.filter((_, index) => outcomes[index] !== 'lost');
      if (winners.length !== 1) this.wrongWinners += 1;
      [flight.winner = legId] = winners;
      this.lastOneEnds(flight);
    }, flight.failed);
  }

  private end(flight: Flight, legId: string, reason: 'answered_elsewhere' | 'dialout'): void {
    this.commands += 1;
    this.engine.ended(legId, reason).then(() => {
      flight.live -= 1;
      this.lastOneEnds(flight);
    }, flight.failed);
  }

  private lastOneEnds(flight: Flight): void {
    if (flight.live !== 1 || !flight.winner) return;
    flight.live = 0;
    this.commands += 1;
    this.engine.ended(flight.winner, 'normal').then(flight.over, flight.failed);
  }
}
