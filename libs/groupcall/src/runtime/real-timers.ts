import { Injectable } from '@nestjs/common';
import { Timers } from '../ports/timers.port.js';

/** Real waiting. */
@Injectable()
export class RealTimers extends Timers {
  private next: Promise<void> | null = null;

  override after(ms: number, work: () => void): () => void {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  }

  /** Behind the sockets of this round of the event loop. One promise for all who ask in it. */
  override soon(): Promise<void> {
    return (this.next ??= new Promise((resolve) => {
      setImmediate(() => {
        this.next = null;
        resolve();
      });
    }));
  }
}
