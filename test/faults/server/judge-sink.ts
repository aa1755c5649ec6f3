import { GroupcallEventSink, type PublicEvent } from '@groupcall/groupcall';
import type { DeliveredEvent } from '../judge/ledger.js';

/** Public events go to the judge, who keeps them beside what really happened. */
export class JudgeSink extends GroupcallEventSink {
  /** @param judge the account's URL */
  constructor(private readonly judge: string) {
    super();
  }

  override async deliver({ id, sequence, type, data }: PublicEvent): Promise<void> {
    // An event's lane is its tree; on the wire only its groupcall is named.
    const event: DeliveredEvent = { id, sequence, type, groupcallId: data.id, customerId: data.customer_id };
    const reply = await fetch(`${this.judge}/events`, { method: 'POST', body: JSON.stringify(event) });
    await reply.arrayBuffer();
    if (!reply.ok) throw new Error(`the judge says ${reply.status}`);
  }
}
