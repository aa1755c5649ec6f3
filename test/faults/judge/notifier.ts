import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../random.js';
import type { Ledger } from './ledger.js';
import type { News } from './switchboard.js';

/** How badly the network treats notifications; probabilities from 0 to 1. */
export interface Delivery {
  readonly servers: readonly string[];
  readonly duplicated: number;
  /** Overtaken by what comes after it. */
  readonly reordered: number;
  /** Never sent. */
  readonly dropped: number;
}

const LATEST_REORDERED = 400;
/** Longer than a server needs to know whether its database has answered: who asks again too soon asks for more than there is. */
const ANSWER_WITHIN = 6_000;
const PAUSE = { first: 30, most: 1_000 };

/**
 * Brings news to the servers of an account: to any of them, one after the other, until one has said 2xx – that is,
 * until the command is durable. News of one call keeps its order unless it is told to lose it.
 */
export class Notifier {
  private readonly deliveries = new Map<string, Delivery>();
  private readonly lines = new Map<string, Promise<void>>();
  private turn = 0;
  private readonly waiting = new Map<string, number>();

  constructor(
    private readonly ledger: Ledger,
    private readonly random: Random,
  ) {}

  /** News of an account that no server has taken yet. */
  pending(account: string): number {
    return this.waiting.get(account) ?? 0;
  }

  deliver(account: string, delivery: Partial<Delivery>): void {
    const known = this.deliveries.get(account) ?? { servers: [], duplicated: 0, reordered: 0, dropped: 0 };
    this.deliveries.set(account, { ...known, ...delivery });
  }

  tell(news: News): void {
    const delivery = this.deliveries.get(news.account);
    if (!delivery || this.random.chance(delivery.dropped)) return;
    if (this.random.chance(delivery.duplicated)) this.send(news, this.random.between(0, LATEST_REORDERED));
    if (this.random.chance(delivery.reordered)) this.send(news, this.random.between(0, LATEST_REORDERED));
    else this.inLine(news);
  }

  private inLine(news: News): void {
    const before = this.lines.get(news.id) ?? Promise.resolve();
    const sent = before.then(() => this.untilTaken(news));
    this.lines.set(news.id, sent);
    void sent.then(() => {
      if (this.lines.get(news.id) === sent) this.lines.delete(news.id);
    });
  }

  private send(news: News, later: number): void {
    void delay(later).then(() => this.untilTaken(news));
  }

  private async untilTaken(news: News): Promise<void> {
    this.waiting.set(news.account, this.pending(news.account) + 1);
    for (let pause = PAUSE.first; ; pause = Math.min(pause * 2, PAUSE.most)) {
      const status = await this.offer(news);
      if (status > 0)
        this.ledger.note(news.account, { kind: 'notified', id: news.id, what: news.what, status });
      // 404 is final as well: it says that the call is nobody's.
      if ((status >= 200 && status < 300) || status === 404) break;
      await delay(pause);
    }
    this.waiting.set(news.account, this.pending(news.account) - 1);
  }

  /** @returns the HTTP status, 0 when nobody answered */
  private async offer(news: News): Promise<number> {
    const servers = this.deliveries.get(news.account)?.servers ?? [];
    if (servers.length === 0) return 0;
    this.turn += 1;
    const { id, what, reason } = news;
    try {
      const reply = await fetch(`${servers[this.turn % servers.length]}/calls/${id}/${what}`, {
        method: 'POST',
        body: JSON.stringify({ reason }),
        signal: AbortSignal.timeout(ANSWER_WITHIN),
      });
      await reply.arrayBuffer();
      return reply.status;
    } catch {
      return 0;
    }
  }
}
