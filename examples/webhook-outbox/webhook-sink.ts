import { GroupcallEventSink, type PublicEvent } from '@groupcall/groupcall';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { WebhookEntity } from './webhook.entity.js';

const NIL = '00000000-0000-0000-0000-000000000000';

/**
 * Writes every event into a table of the host, once. Events come at least once and in order within a tree; when this
 * rejects, the event comes again and later ones of its tree wait.
 */
@Injectable()
export class WebhookSink extends GroupcallEventSink {
  constructor(private readonly source: DataSource) {
    super();
  }

  override async deliver(event: PublicEvent): Promise<void> {
    await this.source
      .createQueryBuilder()
      .insert()
      .into(WebhookEntity)
      .values({
        id: event.id,
        groupcall_id: event.data.id,
        tree_id: await this.treeOf(event),
        body: event as object,
        delivered_at: null,
      })
      .orIgnore()
      .execute();
  }

  /** A parent's first event has come before its child's: that is where the root is written down. */
  private async treeOf({ data }: PublicEvent): Promise<string> {
    if (data.master_groupcall_id === NIL) return data.id;
    const parent = await this.source
      .getRepository(WebhookEntity)
      .findOneBy({ groupcall_id: data.master_groupcall_id });
    if (!parent) throw new Error(`No event of ${data.master_groupcall_id} has come before its child's.`);
    return parent.tree_id;
  }
}
