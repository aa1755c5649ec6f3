import { createHash } from 'node:crypto';
import {
  CallGateway,
  CallRefusedError,
  Clock,
  type GatewayCall,
  type GatewayCallState,
  type LegHangupReason,
  type OutgoingCall,
} from '@groupcall/groupcall';
import { isUuid, NIL_UUID } from '@groupcall/shared';
import { Injectable } from '@nestjs/common';
import { GroupCommit } from '../group-commit/group-commit.js';
import { CallLedger, type HangupRequest, type NewCall, type Placement } from './call-ledger.js';
import { callScriptOf } from './call-script.js';
import { planCall } from './plan-call.js';
import { SimulatorSignal } from './simulator-signal.js';

/**
 * A call service without telephones (SPEC 6, *Simulated gateway*): far ends follow the script in their address, or are
 * played by hand. Calls are rows, so a restart does not end them. What happens to them is told by `SimulatorWorker`.
 */
@Injectable()
export class SimulatedCallGateway extends CallGateway {
  private readonly placing: GroupCommit<NewCall, Placement>;
  private readonly hangingUp: GroupCommit<HangupRequest, GatewayCallState>;

  constructor(
    private readonly ledger: CallLedger,
    private readonly clock: Clock,
    private readonly signal: SimulatorSignal,
  ) {
    super();
    this.placing = new GroupCommit(
      (calls) => this.ledger.place(calls).finally(() => this.signal.nudge()),
      ({ call }) => call.id,
    );
    this.hangingUp = new GroupCommit(
      (requests) => this.ledger.hangUp(requests).finally(() => this.signal.nudge()),
      ({ id }) => id,
    );
  }

  override async createCall(call: OutgoingCall, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (!isUuid(call.id)) throw new CallRefusedError('The id of a call must be a UUID.');
    const script = callScriptOf(call.to);
    if (script.does === 'refuse')
      throw new CallRefusedError('The script of this address is to refuse every call.');
    const now = this.clock.now();
    const id = call.id.toLowerCase();
    const order = {
      call: { ...call, id },
      fingerprint: fingerprintOf(call),
      plan: planCall(call, script, now),
      now,
    };
    switch (await until(signal, this.placing.add(order))) {
      case 'placed':
      case 'exists':
        return;
      case 'different':
        throw new CallRefusedError(`Another call was placed under the id ${id}.`);
      case 'tombstone':
        throw new CallRefusedError(`Call ${id} was hung up before it was placed.`);
    }
  }

  override async hangupCall(
    id: string,
    reason: LegHangupReason,
    signal: AbortSignal,
  ): Promise<GatewayCallState> {
    signal.throwIfAborted();
    // Such a call cannot be placed, so it needs no tombstone.
    if (!isUuid(id)) return 'unknown';
    return until(signal, this.hangingUp.add({ id: id.toLowerCase(), reason, now: this.clock.now() }));
  }

  override async getCall(id: string, signal: AbortSignal): Promise<GatewayCall> {
    signal.throwIfAborted();
    if (!isUuid(id)) return { id, state: 'unknown' };
    return until(signal, this.ledger.find(id));
  }

  override async listCalls(
    page: { after: string; limit: number },
    signal: AbortSignal,
  ): Promise<GatewayCall[]> {
    signal.throwIfAborted();
    return until(signal, this.ledger.listLive(isUuid(page.after) ? page.after : NIL_UUID, page.limit));
  }
}

/**
 * Who calls whom on whose behalf. The time limits are left out: a configuration changed between two tries does not
 * make another call of it.
 */
function fingerprintOf({ customerId, groupcallId, rootId, from, to }: OutgoingCall): string {
  const parties = [from, to].map(({ type, target, target_name, name }) => [type, target, target_name, name]);
  return createHash('sha256')
    .update(JSON.stringify([customerId, groupcallId, rootId, parties]))
    .digest('base64url');
}

/** Stops waiting when the caller has; what was asked for goes on and its outcome is unknown to the caller. */
async function until<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (stop) signal.removeEventListener('abort', stop);
  }
}
