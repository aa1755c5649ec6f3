import { Inject, Injectable, Logger } from '@nestjs/common';
import { whyForbidden } from '../domain/dial-policy.js';
import type { LegState } from '../domain/tree-state.js';
import { GROUPCALL_OPTIONS, type ResolvedOptions } from '../groupcall.options.js';
import { Clock } from '../ports/clock.port.js';
import { DialLedger } from '../ports/dial-ledger.port.js';
import { DialsHeldBack } from './dial-breaker.js';
import { RuntimeMetrics } from './runtime-metrics.js';

const SECOND = 1_000;
const MINUTE = 60_000;
/** Old entries are forgotten after so many dials of this process, a few at a time. */
const DIALS_BETWEEN_CLEANUPS = 500;
const CLEANUP_SIZE = 1_000;

/**
 * The last look before a call costs money: is it allowed to go there, and is it not too much (RELIABILITY 4.3)? Asked
 * when the order to dial is carried out, because a line of phones dials minutes after it was created, and a directory
 * may answer anything.
 */
@Injectable()
export class DialGuard {
  private readonly logger = new Logger('Groupcall');
  private dials = 0;

  constructor(
    private readonly ledger: DialLedger,
    private readonly clock: Clock,
    private readonly metrics: RuntimeMetrics,
    @Inject(GROUPCALL_OPTIONS) private readonly options: ResolvedOptions,
  ) {}

  /**
   * @returns true when the leg may be dialled now, false when it must never be
   * @throws DialsHeldBack when it has to wait for its turn
   */
  admits(leg: LegState): boolean | Promise<boolean> {
    const { id: legId, customerId, destination } = leg;
    const forbidden = whyForbidden(destination, this.options.dialPolicy);
    if (forbidden !== null) {
      this.metrics.dialsForbidden += 1;
      // Without the target: a log is no place for numbers.
      this.logger.warn(
        `Leg ${legId} of customer ${customerId} is not dialled: its ${destination.type} target is not allowed.`,
      );
      return false;
    }
    const { legsPerNumberPerMinute, legsPerSecond } = this.options.limits;
    return legsPerNumberPerMinute + legsPerSecond === 0 || this.isWithinRates(leg);
  }

  private async isWithinRates({ id: legId, customerId, destination }: LegState): Promise<boolean> {
    const { legsPerNumberPerMinute, legsPerSecond } = this.options.limits;
    const now = this.clock.now();
    if (legsPerNumberPerMinute > 0 && destination.type === 'tel') {
      const attempt = { customerId, legId, number: destination.target };
      const window = { length: MINUTE, most: legsPerNumberPerMinute };
      if ((await this.ledger.take(attempt, window, now)) > 0) {
        this.metrics.dialsOverRate += 1;
        this.logger.warn(
          `Leg ${legId} of customer ${customerId} is not dialled: its number was called ${legsPerNumberPerMinute} times within a minute.`,
        );
        return false;
      }
    }
    if (legsPerSecond > 0) {
      const window = { length: SECOND, most: legsPerSecond };
      const wait = await this.ledger.take({ customerId, legId, number: null }, window, now);
      if (wait > 0) {
        this.metrics.dialsPaced += 1;
        throw new DialsHeldBack(`the customer dials ${legsPerSecond} legs in this second already`, wait);
      }
    }
    this.cleanUpNowAndThen(now);
    return true;
  }

  private cleanUpNowAndThen(now: number): void {
    this.dials += 1;
    if (this.dials % DIALS_BETWEEN_CLEANUPS !== 0) return;
    this.ledger.forget(now - 2 * MINUTE, CLEANUP_SIZE).catch((error: unknown) => {
      this.logger.warn(`Old dials could not be forgotten, a later dial tries again: ${String(error)}`);
    });
  }
}
