import { GroupcallError, type CreateGroupcallInput } from '@groupcall/groupcall';
import type { Body } from '../format.js';
import type { Outcome } from '../world.js';

/** A request body as the command that a host makes of it. */
export function inputOf(customerId: string, body: Body, idempotencyKey?: string): CreateGroupcallInput {
  const { source, destinations, ring_method, answer_method, flow_id, master_call_id, dial_timeout } = body;
  return {
    customerId,
    source,
    destinations,
    ringMethod: ring_method,
    answerMethod: answer_method,
    flowId: flow_id,
    masterCallId: master_call_id,
    dialTimeout: dial_timeout,
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  } as CreateGroupcallInput;
}

/** What a refusal looks like to its sender. Anything that is not a refusal is a fault of the test or of ours. */
export async function outcomeOf(work: () => Promise<unknown>): Promise<Outcome> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    if (!(error instanceof GroupcallError)) throw error;
    return { ok: false, error: error.reason, fields: error.details.map(({ field }) => field) };
  }
}
