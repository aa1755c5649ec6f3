import { Injectable } from '@nestjs/common';
import { Timers } from '../ports/timers.port.js';

/** Real waiting. */
@Injectable()
export class RealTimers extends Timers {
  override after(ms: number, work: () => void): () => void {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  }
}
