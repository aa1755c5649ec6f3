import { Injectable } from '@nestjs/common';
import { Clock } from '../ports/clock.port.js';
import { Timers } from '../ports/timers.port.js';
import { MinHeap } from './min-heap.js';

/** Trees whose deadline has passed; `now` was read from the judge's clock. When it rejects, the queue's alarm is next. */
export type OnDeadline = (rootIds: readonly string[], now: number) => Promise<void>;

interface Deadline {
  readonly rootId: string;
  readonly at: number;
}

/** Trees that are timed at once; what is more is left to the queue. */
const MOST = 100_000;
/** ms between two looks at the judge's clock: under load all that is due meanwhile is taken together. */
const GATHER = 2;
/** ms until the judge is asked again when it did not answer. */
const RETRY = 1_000;
/** Deadlines that are no longer true and may stay in the heap, besides as many as are true. */
const MOST_OUTDATED = 1_000;

/**
 * Wakes the trees that this process has committed at their very deadline. Only makes the queue's alarm precise: what is
 * missing here – after a crash, or when there are too many – the queue rings, and what the queue has lost the sweep
 * finds. Never early: a deadline has passed when the judge's clock says so.
 */
@Injectable()
export class DeadlineTimers {
  private readonly deadlines = new Map<string, Deadline>();
  /** Has outdated ones: taking them out costs more than passing them by. */
  private readonly heap = new MinHeap<Deadline>((a, b) => a.at < b.at);
  private readonly telling = new Set<Promise<void>>();
  private onDeadline: OnDeadline | null = null;
  private callOff = () => {};
  private looking = false;

  constructor(
    private readonly clock: Clock,
    private readonly timers: Timers,
  ) {}

  /** Trees that are timed at present. */
  get size(): number {
    return this.deadlines.size;
  }

  start(onDeadline: OnDeadline): void {
    this.onDeadline = onDeadline;
  }

  /** Resolves when everybody who was due has been told. */
  async stop(): Promise<void> {
    this.onDeadline = null;
    this.callOff();
    this.deadlines.clear();
    this.heap.clear();
    await Promise.all(this.telling);
  }

  /** @param at epoch ms of the tree's deadline from now on, null for none. Before the start nothing is timed */
  set(rootId: string, at: number | null): void {
    if (!this.onDeadline) return;
    if (at === null) {
      this.deadlines.delete(rootId);
      return;
    }
    if (this.deadlines.size >= MOST && !this.deadlines.has(rootId)) return;
    const wasFirst = this.heap.first?.at ?? Infinity;
    const deadline = { rootId, at };
    this.deadlines.set(rootId, deadline);
    this.heap.push(deadline);
    if (this.heap.size > 2 * this.deadlines.size + MOST_OUTDATED) this.dropOutdated();
    if (at < wasFirst) this.wakeIn(at - this.clock.now());
  }

  private wakeIn(ms: number): void {
    if (this.looking) return;
    this.callOff();
    this.callOff = this.timers.after(Math.max(0, ms), () => void this.wake());
  }

  /** What the estimate says is due, the judge is asked about: once for all, and never twice at the same time. */
  private async wake(): Promise<void> {
    const early = this.next() - this.clock.now();
    if (early > 0) return this.waitFor(early);
    this.looking = true;
    let pause = GATHER;
    try {
      const now = await this.clock.read();
      const due = this.take(now);
      if (due.length > 0) this.tell(due, now);
      // The estimate is ahead of the judge: it is not asked again before that is made up for.
      else pause = Math.max(1, this.next() - now);
    } catch {
      pause = RETRY;
    }
    this.looking = false;
    this.waitFor(Math.max(pause, this.next() - this.clock.now()));
  }

  private waitFor(ms: number): void {
    if (this.onDeadline && ms < Infinity) this.wakeIn(ms);
  }

  private tell(due: readonly string[], now: number): void {
    const done = () => void this.telling.delete(telling);
    const telling = (this.onDeadline?.(due, now) ?? Promise.resolve()).then(done, done);
    this.telling.add(telling);
  }

  private take(now: number): string[] {
    const due: string[] = [];
    while (this.next() <= now) {
      const { rootId } = this.heap.pop()!;
      this.deadlines.delete(rootId);
      due.push(rootId);
    }
    return due;
  }

  /** The earliest deadline that is true, Infinity for none. */
  private next(): number {
    for (let first = this.heap.first; first; first = this.heap.first) {
      if (this.deadlines.get(first.rootId) === first) return first.at;
      this.heap.pop();
    }
    return Infinity;
  }

  private dropOutdated(): void {
    this.heap.clear();
    for (const deadline of this.deadlines.values()) this.heap.push(deadline);
  }
}
