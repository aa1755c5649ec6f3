import {
  GroupcallError,
  HandleAnswerCommand,
  HandleHangupCommand,
  HandleRingingCommand,
} from '@groupcall/groupcall';
import { Injectable, Logger } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { CallSchedule, type DueCall, type NewsReceipt } from './call-schedule.js';
import type { CallNews } from './simulated-call.entity.js';

const BATCH = 500;
/** Another process takes the news of a dead one over after this, ms. */
const LEASE = 5_000;
/** A command that takes longer is sent again later, ms; shorter than the lease. */
const PATIENCE = 4_000;
const FIRST_RETRY = 100;
const LAST_RETRY = 10_000;

/**
 * The far ends of the simulated calls: what is due happens durably first and is then told to the groupcalls, at least
 * once, per call in order. Passive: works only when told what time it is, from any number of places at once.
 */
@Injectable()
export class SimulatorWorker {
  private readonly logger = new Logger('Simulator');

  constructor(
    private readonly schedule: CallSchedule,
    private readonly commandBus: CommandBus,
  ) {}

  /** Does everything that is due at `now` (epoch ms) and not being done by somebody else. @returns steps taken and calls told about */
  async step(now: number): Promise<number> {
    let done = 0;
    for (;;) {
      const due = await this.schedule.advance(now, LEASE, BATCH);
      if (due.length === 0) return done;
      done += due.length;
      const receipts = await Promise.all(due.filter(({ mine }) => mine).map((call) => this.tell(call, now)));
      if (receipts.length > 0) await this.schedule.acknowledge(receipts, now);
    }
  }

  /** Never rejects: what fails is told again later, and what comes after it waits behind it. */
  private async tell(call: DueCall, now: number): Promise<NewsReceipt> {
    for (const [told, news] of call.news.entries()) {
      try {
        await withPatience(this.commandBus.execute(commandOf(call, news)));
      } catch (error) {
        // Nobody has such a leg (any more): there is nobody to tell.
        if (error instanceof GroupcallError && error.reason === 'NOT_FOUND') continue;
        const tries = told === 0 ? call.attempts : 0;
        if (tries === 0)
          this.logger.warn(
            `Call ${call.id}: "${news}" could not be told and is told again: ${String(error)}`,
          );
        const retryAt = now + Math.min(LAST_RETRY, FIRST_RETRY * 2 ** Math.min(tries, 10));
        return { id: call.id, claim: call.claim, told, retryAt };
      }
    }
    return { id: call.id, claim: call.claim, told: call.news.length, retryAt: null };
  }
}

function commandOf({ id: legId, customerId, reason }: DueCall, news: CallNews) {
  switch (news) {
    case 'ringing':
      return new HandleRingingCommand({ legId, customerId });
    case 'answered':
      return new HandleAnswerCommand({ legId, customerId });
    case 'ended':
      return new HandleHangupCommand({ legId, customerId, reason: reason ?? 'normal' });
  }
}

async function withPatience(work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE} ms`)), PATIENCE);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
