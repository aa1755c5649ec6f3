import { randomUUID } from 'node:crypto';
import type { GroupcallResource, PublicEvent } from '@groupcall/groupcall';
import { NEVER, NIL_UUID } from '@groupcall/shared';
import { DataSource } from 'typeorm';
import { EVENTS_ENTITIES, EVENTS_MIGRATIONS } from '../../apps/api/src/events/persistence.js';

export async function openEventsDatabase(url: string): Promise<DataSource> {
  const dataSource = new DataSource({
    type: 'postgres',
    url,
    entities: EVENTS_ENTITIES,
    migrations: EVENTS_MIGRATIONS,
    extra: { max: 10 },
  });
  await dataSource.initialize();
  await dataSource.runMigrations();
  return dataSource;
}

/** An event about a groupcall of this customer, and of this agent if one is given. */
export function eventOf(
  customerId: string,
  about: { ownerId?: string; sequence?: number } = {},
): PublicEvent {
  return {
    type: 'groupcall_created',
    id: randomUUID(),
    sequence: about.sequence ?? 1,
    tm: '2026-01-01 00:00:00.000000',
    data: groupcallOf(customerId, about.ownerId),
  };
}

function groupcallOf(customerId: string, ownerId = NIL_UUID): GroupcallResource {
  return {
    id: randomUUID(),
    customer_id: customerId,
    owner_type: ownerId === NIL_UUID ? '' : 'agent',
    owner_id: ownerId,
    status: 'progressing',
    flow_id: NIL_UUID,
    source: { type: 'tel', target: '+15550000001', target_name: '', name: 'Zoë "Z"\u2028', detail: '' },
    destinations: [],
    master_call_id: NIL_UUID,
    master_groupcall_id: NIL_UUID,
    ring_method: 'ring_all',
    answer_method: 'hangup_others',
    answer_call_id: NIL_UUID,
    call_ids: [],
    answer_groupcall_id: NIL_UUID,
    groupcall_ids: [],
    call_count: 0,
    groupcall_count: 0,
    dial_index: 0,
    tm_create: '2026-01-01 00:00:00.000000',
    tm_update: '2026-01-01 00:00:00.000000',
    tm_delete: NEVER,
    dial_timeout: 30_000,
    hangup_reason: '',
  };
}
