import { lastOf, type Indexed } from './index-records.js';
import type { Finding } from './records.js';
import { DOCUMENTED } from '../world/caller.js';

/** I10, second half: every event arrives, in order, numbered without gaps; each groupcall begins, is answered and ends at most once. */
export function eventsArrive({ trees, events, treeOfGroupcall }: Indexed): Finding {
  const violations: string[] = [];
  const delivered = new Map<string, Map<number, { id: string; type: string; groupcallId: string }>>();
  for (const { event } of events) {
    const versions = treeOfGroupcall.get(event.groupcallId);
    if (!versions) {
      violations.push(`event ${event.id} is about groupcall ${event.groupcallId} that nobody committed`);
      continue;
    }
    const { rootId } = versions[0];
    const known =
      delivered.get(rootId) ?? new Map<number, { id: string; type: string; groupcallId: string }>();
    delivered.set(rootId, known);
    const first = known.get(event.sequence);
    if (first && first.id !== event.id)
      violations.push(`tree ${rootId}: two events with number ${event.sequence}`);
    if (!first && event.sequence !== known.size + 1) {
      violations.push(`tree ${rootId}: event ${event.sequence} arrived after ${known.size}`);
    }
    if (!first) known.set(event.sequence, event);
  }
  for (const [rootId, versions] of trees) {
    const last = lastOf(versions);
    const known = delivered.get(rootId);
    if ((known?.size ?? 0) !== last.eventSequence) {
      violations.push(`tree ${rootId}: ${known?.size ?? 0} of ${last.eventSequence} events arrived`);
    }
    const told = new Map<string, number>();
    for (const { type, groupcallId } of known?.values() ?? []) {
      const key = `${groupcallId} ${type}`;
      told.set(key, (told.get(key) ?? 0) + 1);
    }
    for (const { id, status } of last.groupcalls) {
      const times = (type: string) => told.get(`${id} ${type}`) ?? 0;
      const ends = status === 'hangup' ? 1 : 0;
      if (
        times('groupcall_created') !== 1 ||
        times('groupcall_progressing') > 1 ||
        times('groupcall_hangup') !== ends
      ) {
        violations.push(
          `groupcall ${id}: created ×${times('groupcall_created')}, progressing ×${times('groupcall_progressing')}, hangup ×${times('groupcall_hangup')}`,
        );
      }
    }
  }
  return { looked: events.length, violations };
}

/** I14: at rest nothing is left to do, and nothing was given up. */
export function outboxEmpty({ outbox, trees }: Indexed): Finding {
  const violations = outbox.map(
    ({ rootId, kind, status, attempts, lastError }) =>
      `tree ${rootId}: a ${kind} is ${status} after ${attempts} tries (${lastError ?? 'no error'})`,
  );
  return { looked: trees.size, violations };
}

/** I15: one customer per tree, everywhere. */
export function oneCustomer({ trees, calls, events, treeOfLeg, treeOfGroupcall }: Indexed): Finding {
  const violations: string[] = [];
  let looked = 0;
  for (const [rootId, versions] of trees) {
    const last = lastOf(versions);
    for (const part of [...last.groupcalls, ...last.legs]) {
      looked += 1;
      if (part.customer_id !== last.customerId)
        violations.push(`tree ${rootId}: ${part.id} is another customer's`);
    }
  }
  for (const { id, creates } of calls.values()) {
    const owner = treeOfLeg.get(id)?.[0].customerId;
    for (const { order } of creates) {
      looked += 1;
      if (owner !== undefined && order.customerId !== owner)
        violations.push(`call ${id} was ordered for another customer`);
    }
  }
  for (const { event } of events) {
    looked += 1;
    const owner = treeOfGroupcall.get(event.groupcallId)?.[0].customerId;
    if (owner !== undefined && event.customerId !== owner)
      violations.push(`event ${event.id} names another customer`);
  }
  return { looked, violations };
}

/** I17: one key, one groupcall, whoever was asked and however often; another content is a conflict. Accepted is durable. */
export function oneKeyOneGroupcall({ callers, trees }: Indexed): Finding {
  const violations: string[] = [];
  const rootOfKey = new Map<string, string[]>();
  for (const [rootId, versions] of trees) {
    const { idempotencyKey } = lastOf(versions);
    if (idempotencyKey !== null)
      rootOfKey.set(idempotencyKey, [...(rootOfKey.get(idempotencyKey) ?? []), rootId]);
  }
  for (const { key, replies, misuse } of callers) {
    const roots = rootOfKey.get(key) ?? [];
    const told = new Set(replies.flatMap(({ status, id }) => (status === 201 && id ? [id] : [])));
    if (roots.length > 1) violations.push(`key ${key} made ${roots.length} groupcalls`);
    for (const id of told)
      if (!roots.includes(id)) violations.push(`key ${key}: ${id} was promised and is not stored`);
    if (misuse.some((status) => status !== 409 && status !== 503 && status !== 0)) {
      violations.push(`key ${key}: another request with it was answered ${misuse.join(', ')}`);
    }
  }
  return { looked: callers.length, violations };
}

/** I18: whoever asks is told something documented. */
export function documentedAnswers({ callers }: Indexed): Finding {
  let looked = 0;
  const violations: string[] = [];
  for (const { key, replies } of callers) {
    for (const { status, message } of replies) {
      looked += 1;
      if (!DOCUMENTED.has(status)) violations.push(`key ${key}: answered ${status}: ${message ?? ''}`);
    }
  }
  return { looked, violations };
}
