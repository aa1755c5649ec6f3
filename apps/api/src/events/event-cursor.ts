import type { EventLog, LoggedEvent } from './event-log.js';
import type { EventTail } from './event-tail.js';

/** Whose events a reader may see. */
export interface EventAudience {
  readonly customerId: string;
  /** Set: only events of groupcalls with this owner. */
  readonly ownerId: string | null;
}

/** Events read at a time: all that is ever held in memory for one reader. */
const PAGE = 100;

/**
 * One reader's way through the log. It reads only as fast as its consumer takes, and needs nothing between two pages:
 * whoever is slow costs a query later, not memory now.
 */
export class EventCursor {
  private position = 0;
  private upTo = 0;
  private wake: (() => void) | null = null;
  private unwatch: (() => void) | null = null;

  constructor(
    private readonly log: EventLog,
    private readonly tail: EventTail,
    private readonly audience: EventAudience,
  ) {}

  /**
   * Takes its place in the log; whatever becomes visible later will be read. To be closed in any case.
   * @param after null starts with what comes next; so does a position beyond the end of the log (another database
   * stood here before), since its reader would wait for ever
   */
  async open(after: number | null): Promise<void> {
    this.unwatch = this.tail.watch(this.audience.customerId, (upTo) => this.reach(upTo));
    const last = await this.log.lastPosition();
    this.position = after === null ? last : Math.min(after, last);
    this.reach(last);
  }

  /** What there is to read, page by page, until aborted. */
  async *pages(signal: AbortSignal): AsyncGenerator<LoggedEvent[]> {
    const stop = () => this.wake?.();
    signal.addEventListener('abort', stop, { once: true });
    try {
      while (!signal.aborted) {
        const { upTo } = this;
        if (this.position >= upTo) {
          await new Promise<void>((resolve) => (this.wake = resolve));
          continue;
        }
        const page = await this.log.read({ ...this.audience, after: this.position, upTo }, PAGE);
        // Events of others lie between ours: a page that is not full says that there are no more of ours up to here.
        this.position = page.length === PAGE ? page[PAGE - 1].position : upTo;
        if (page.length > 0) yield page;
      }
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  close(): void {
    this.unwatch?.();
  }

  private reach(upTo: number): void {
    if (upTo <= this.upTo) return;
    this.upTo = upTo;
    this.wake?.();
  }
}
