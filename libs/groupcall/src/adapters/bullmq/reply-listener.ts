import type { QueueEvents } from 'bullmq';
import { settled } from './within.js';

/** Until a listener that broke off listens again, ms. */
const PAUSE = 500;

/** Hears how jobs end for as long as it is wanted: BullMQ's own loop ends at the first error that is not the network's. */
export class ReplyListener {
  private stopped = false;

  constructor(
    private readonly events: QueueEvents,
    onCompleted: (jobId: string, returned: unknown) => void,
    onFailed: (jobId: string, reason: string) => void,
    private readonly onError: (error: unknown) => void,
  ) {
    events.on('completed', ({ jobId, returnvalue }) => onCompleted(jobId, returnvalue));
    events.on('failed', ({ jobId, failedReason }) => onFailed(jobId, failedReason));
    void this.listen();
  }

  stop(): void {
    this.stopped = true;
  }

  private async listen(): Promise<void> {
    while (!this.stopped) {
      try {
        await this.events.run();
      } catch (error) {
        if (!this.stopped) this.onError(error);
      }
      if (!this.stopped) await settled(new Promise<never>(() => undefined), PAUSE);
    }
  }
}
