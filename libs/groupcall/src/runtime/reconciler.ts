import { NIL_UUID } from '@groupcall/shared';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { HandleAnswerCommand } from '../commands/handle-answer/handle-answer.command.js';
import { HandleDialOutcomeCommand } from '../commands/handle-dial-outcome/handle-dial-outcome.command.js';
import { HandleHangupCommand } from '../commands/handle-hangup/handle-hangup.command.js';
import { HandleRingingCommand } from '../commands/handle-ringing/handle-ringing.command.js';
import { GroupcallError } from '../domain/groupcall-error.js';
import type { LegHangupReason } from '../domain/status.js';
import type { TreeCommand } from '../domain/tree-command.js';
import { isUndecided, type LegState } from '../domain/tree-state.js';
import { GROUPCALL_OPTIONS, type ResolvedOptions } from '../groupcall.options.js';
import { CallGateway, type GatewayCall } from '../ports/call-gateway.port.js';
import { Clock } from '../ports/clock.port.js';
import { LegAudit, type AuditedLeg } from '../ports/leg-audit.port.js';
import { Timers } from '../ports/timers.port.js';
import { bounded } from './bounded.js';
import { GroupcallRuntime } from './groupcall-runtime.js';
import { MissingCalls } from './missing-calls.js';
import { RuntimeMetrics } from './runtime-metrics.js';

const PAGE = 500;
/** Calls asked for one by one at the same time. */
const ASKED_AT_ONCE = 20;

/**
 * Compares what is committed with what the gateway really has, both ways (RELIABILITY D9): notifications that were
 * lost are made up for, and calls that no committed state wants are hung up. Everything it finds goes through the
 * mailbox as if the gateway had told it; so a look that is out of date, or two processes looking at once, do no harm.
 */
@Injectable()
export class Reconciler {
  private readonly logger = new Logger('Groupcall');
  private readonly missing: MissingCalls;

  constructor(
    private readonly runtime: GroupcallRuntime,
    private readonly audit: LegAudit,
    private readonly gateway: CallGateway,
    private readonly clock: Clock,
    private readonly metrics: RuntimeMetrics,
    private readonly timers: Timers,
    @Inject(GROUPCALL_OPTIONS) private readonly options: ResolvedOptions,
  ) {
    this.missing = new MissingCalls(options.timings.missingCallPatience);
  }

  /** One look at everything. @throws when the gateway or the store cannot be asked; the next look starts anew */
  async reconcile(): Promise<void> {
    const seen = await this.lookAtCalls();
    await this.lookAtLegs(seen);
  }

  /** What the gateway has: is it wanted, and do we know how far it is? @returns the ids of all living calls */
  private async lookAtCalls(): Promise<Set<string>> {
    const seen = new Set<string>();
    for (let after = NIL_UUID; ;) {
      const calls = await this.bounded((signal) => this.gateway.listCalls({ after, limit: PAGE }, signal));
      const last = calls.at(-1);
      if (!last) return seen;
      const legs = new Map(
        (await this.audit.find(calls.map((call) => call.id))).map((one) => [one.leg.id, one]),
      );
      await inParts(calls, (call) => this.compare(call, legs.get(call.id)));
      for (const call of calls) seen.add(call.id);
      after = last.id;
    }
  }

  /** What we believe to be alive: does the gateway still have it? */
  private async lookAtLegs(seen: ReadonlySet<string>): Promise<void> {
    const asked = new Set<string>();
    const placedBefore = this.clock.now() - this.options.timings.reconcileGrace;
    for (let after = NIL_UUID; ;) {
      const page = await this.audit.placed(placedBefore, after, PAGE);
      const last = page.at(-1);
      if (!last) break;
      const unseen = page.filter(({ leg }) => !seen.has(leg.id));
      for (const { leg } of unseen) asked.add(leg.id);
      await inParts(unseen, async (audited) => {
        const call = await this.bounded((signal) => this.gateway.getCall(audited.leg.id, signal));
        await this.compare(call, audited);
      });
      after = last.leg.id;
    }
    this.missing.keepOnly(asked);
  }

  private async compare(call: GatewayCall, audited: AuditedLeg | undefined): Promise<void> {
    if (!audited) {
      // Never committed here, or from a backup older than the call: nobody will ever hang it up.
      if (call.state !== 'ended' && call.state !== 'unknown') await this.hangUpOrphan(call.id, 'cancel');
      return;
    }
    const { leg } = audited;
    switch (call.state) {
      case 'ringing':
        if (leg.status === 'planned' || leg.status === 'dialing')
          return this.tell(new HandleRingingCommand({ legId: leg.id }));
        if (isUnwanted(leg)) return this.hangUpOrphan(leg.id, leg.hangupReason || 'cancel');
        return;
      case 'answered':
        if (isUndecided(leg)) return this.tell(new HandleAnswerCommand({ legId: leg.id }));
        if (isUnwanted(leg)) return this.hangUpOrphan(leg.id, leg.hangupReason || 'cancel');
        return;
      case 'ended':
        return this.tell(new HandleHangupCommand({ legId: leg.id, reason: call.reason ?? 'normal' }));
      case 'unknown':
        if (this.missing.missed(leg.id, this.clock.now())) await this.endMissing(audited);
    }
  }

  private async endMissing({ rootId, leg }: AuditedLeg): Promise<void> {
    this.logger.warn(`The gateway does not know call ${leg.id} any more: it counts as ended.`);
    if (leg.status === 'planned') return;
    if (leg.status === 'hangingup') {
      return this.tell(new HandleDialOutcomeCommand({ rootId, legId: leg.id, outcome: 'never_placed' }));
    }
    return this.tell(new HandleHangupCommand({ legId: leg.id, reason: 'failed' }));
  }

  private async hangUpOrphan(callId: string, reason: LegHangupReason): Promise<void> {
    const found = await this.bounded((signal) => this.gateway.hangupCall(callId, reason, signal));
    if (found === 'ringing' || found === 'answered') this.metrics.orphanCalls += 1;
    if (found === 'ended') await this.tell(new HandleHangupCommand({ legId: callId, reason }));
  }

  private async tell(command: TreeCommand): Promise<void> {
    try {
      await this.runtime.send(command);
      this.metrics.reconciled += 1;
    } catch (error) {
      if (!(error instanceof GroupcallError && error.reason === 'NOT_FOUND')) throw error;
    }
  }

  private bounded<T>(call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return bounded(this.timers, this.options.timings.effectTimeout, call);
  }
}

/** We have decided to end it, and the gateway still has it. */
function isUnwanted(leg: LegState): boolean {
  return leg.status === 'hangingup' || leg.status === 'hangup';
}

async function inParts<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let start = 0; start < items.length; start += ASKED_AT_ONCE) {
    await Promise.all(items.slice(start, start + ASKED_AT_ONCE).map(work));
  }
}
