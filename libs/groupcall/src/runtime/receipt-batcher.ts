import { Injectable, Logger } from '@nestjs/common';
import { EffectOutbox, type EffectReceipt } from '../ports/effect-outbox.port.js';
import { OutboxSignal } from './outbox-signal.js';

/**
 * Gathers acknowledgements into few statements: while one is being written the next fills up. One that is lost means
 * that its effect runs again when the claim has run out.
 */
@Injectable()
export class ReceiptBatcher {
  private readonly logger = new Logger('Groupcall');
  private waiting: EffectReceipt[] = [];
  private flight: Promise<void> | null = null;

  constructor(
    private readonly outbox: EffectOutbox,
    private readonly signal: OutboxSignal,
  ) {}

  add({ id, claimNo }: EffectReceipt): void {
    this.waiting.push({ id, claimNo });
    this.flight ??= this.write();
  }

  async flush(): Promise<void> {
    while (this.flight) await this.flight;
  }

  private async write(): Promise<void> {
    await Promise.resolve();
    while (this.waiting.length > 0) {
      const batch = this.waiting;
      this.waiting = [];
      try {
        await this.outbox.acknowledge(batch);
        // What was committed meanwhile may have waited in these lanes for their head to go.
        this.signal.nudge();
      } catch (error) {
        this.logger.warn(
          `${batch.length} effects could not be acknowledged and will run again: ${String(error)}`,
        );
      }
    }
    this.flight = null;
  }
}
