import { Timers } from '../../../libs/groupcall/src/ports/timers.port.js';
import type { Life } from './life.js';

/** A process waits in virtual time, and waits no more when it has died. */
export class VirtualTimers extends Timers {
  constructor(private readonly life: Life) {
    super();
  }

  override after(ms: number, work: () => void): () => void {
    return this.life.after(ms, work);
  }
}
