import { Clock } from '../../../libs/groupcall/src/ports/clock.port.js';
import type { Agenda } from '../../../libs/groupcall/src/testing/virtual-time/agenda.js';
import type { Wire } from './wire.js';

/** A process's idea of the database's time, which may be wrong; the database itself can be asked. */
export class PrivateClock extends Clock {
  private latest = 0;

  /** @param skew how wrong it is at the moment, ms */
  constructor(
    private readonly agenda: Agenda,
    private readonly wire: Wire,
    private readonly skew: () => number,
  ) {
    super();
  }

  override now(): number {
    this.latest = Math.max(this.latest, Math.floor(this.agenda.now + this.skew()));
    return this.latest;
  }

  override read(): Promise<number> {
    return this.wire.ask('store', 'clock', async () => Math.floor(this.agenda.now));
  }
}

/** The database's own. */
export class JudgingClock extends Clock {
  constructor(private readonly agenda: Agenda) {
    super();
  }

  override now(): number {
    return Math.floor(this.agenda.now);
  }

  override async read(): Promise<number> {
    return this.now();
  }
}
