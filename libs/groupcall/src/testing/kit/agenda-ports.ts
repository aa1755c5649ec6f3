import { AlarmClock } from '../../ports/alarm-clock.port.js';
import { Clock } from '../../ports/clock.port.js';
import { Timers } from '../../ports/timers.port.js';
import type { Agenda } from '../virtual-time/agenda.js';

/** The time of an agenda, for everybody the same. */
export class AgendaClock extends Clock {
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

/** Waiting in virtual time. */
export class AgendaTimers extends Timers {
  constructor(private readonly agenda: Agenda) {
    super();
  }

  override after(ms: number, work: () => void): () => void {
    return this.agenda.after(ms, work);
  }
}

/** Virtual ms after which an alarm rings again whose handler has rejected. */
const RETRY = 1_000;

/** Alarms that ring exactly when they should. */
export class AgendaAlarmClock extends AlarmClock {
  private onAlarm: ((rootId: string) => Promise<void>) | null = null;

  constructor(private readonly agenda: Agenda) {
    super();
  }

  override async arm(rootId: string, at: number): Promise<boolean> {
    this.agenda.after(at - this.agenda.now, () => this.ring(rootId));
    return true;
  }

  override async start(onAlarm: (rootId: string) => Promise<void>): Promise<void> {
    this.onAlarm = onAlarm;
  }

  override async stop(): Promise<void> {
    this.onAlarm = null;
  }

  private ring(rootId: string): void {
    this.onAlarm?.(rootId).catch(() => this.agenda.after(RETRY, () => this.ring(rootId)));
  }
}
