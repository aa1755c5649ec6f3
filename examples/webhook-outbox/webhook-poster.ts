import { Injectable } from '@nestjs/common';
import { DataSource, IsNull } from 'typeorm';
import { WebhookEntity } from './webhook.entity.js';

/** Posts what is in the outbox: trees side by side, each tree's events one after the other. Run by one process. */
@Injectable()
export class WebhookPoster {
  constructor(private readonly source: DataSource) {}

  /**
   * One round. A tree whose receiver fails waits for the next one; the others go on.
   * @returns how many were delivered
   */
  async post(url: string): Promise<number> {
    const webhooks = this.source.getRepository(WebhookEntity);
    const waiting = await webhooks.find({
      where: { delivered_at: IsNull() },
      order: { position: 'ASC' },
      take: 500,
    });
    const trees = new Map<string, WebhookEntity[]>();
    for (const one of waiting) trees.set(one.tree_id, [...(trees.get(one.tree_id) ?? []), one]);
    const delivered = await Promise.all(
      [...trees.values()].map(async (tree) => {
        let done = 0;
        for (const { id, body } of tree) {
          if (!(await this.send(url, id, body))) break;
          // A crash before this line delivers it again, under the same id: the receiver drops it.
          await webhooks.update({ id }, { delivered_at: new Date() });
          done += 1;
        }
        return done;
      }),
    );
    return delivered.reduce((sum, done) => sum + done, 0);
  }

  private async send(url: string, id: string, body: object): Promise<boolean> {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'Idempotency-Key': id },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(5_000),
      });
      return response.ok;
    } catch {
      return false;
    }
  }
}
