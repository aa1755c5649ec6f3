import { cleanText } from '@groupcall/address';
import { isUuid, NIL_UUID } from '@groupcall/shared';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { HandleAnswerCommand } from '../commands/handle-answer/handle-answer.command.js';
import { HandleDialOutcomeCommand } from '../commands/handle-dial-outcome/handle-dial-outcome.command.js';
import { HandleHangupCommand } from '../commands/handle-hangup/handle-hangup.command.js';
import { HandleRingingCommand } from '../commands/handle-ringing/handle-ringing.command.js';
import { GroupcallError } from '../domain/groupcall-error.js';
import type { LegHangupReason, LegStatus } from '../domain/status.js';
import type { TreeCommand } from '../domain/tree-command.js';
import { isUndecided } from '../domain/tree-state.js';
import { GROUPCALL_OPTIONS, type ResolvedOptions } from '../groupcall.options.js';
import { CallGateway, type GatewayCall } from '../ports/call-gateway.port.js';
import { Clock } from '../ports/clock.port.js';
import { LegAudit, type AuditedLeg, type LegPlace } from '../ports/leg-audit.port.js';
import { Timers } from '../ports/timers.port.js';
import { bounded } from './bounded.js';
import { GroupcallRuntime } from './groupcall-runtime.js';
import { MissingCalls } from './missing-calls.js';
import { ReconcilePass } from './reconcile-pass.js';
import { ReconcileRound, type RoundItem } from './reconcile-round.js';
import { RuntimeMetrics } from './runtime-metrics.js';
import { TalkTurns } from './talk-turns.js';
import { waitUnlessAborted } from './wait-unless-aborted.js';

const PAGE = 500;

/** Legs that differ from their calls, and how far they were at the first look, by id. */
type Doubts = Map<string, LegStatus>;

/**
 * Compares what is committed with what the gateway really has, both ways (RELIABILITY D9): notifications that were
 * lost are made up for, and calls that no committed state wants are hung up. A leg that differs from its call is looked
 * at twice: at the first look the notification, or our hangup, may be on its way, and most often it is. Everything that
 * is found goes through the mailbox as if the gateway had told it; so two processes looking at once do no harm.
 */
@Injectable()
export class Reconciler {
  private readonly logger = new Logger('Groupcall');
  private readonly missing: MissingCalls;
  private readonly calls = new ReconcileRound<string>('The gateway: the same calls');
  private readonly legs = new ReconcileRound<LegPlace>('The store: the same legs');
  private readonly doubts = new ReconcileRound<string>('The legs in doubt: the same legs');
  private readonly talks: TalkTurns;

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
    this.talks = new TalkTurns(options.timings.reconcileInterval);
  }

  /**
   * One look at everything, and a second one at what differs. What cannot be compared is told in one line and left to the
   * next look.
   * @param signal aborted: whatever was not begun is left out
   * @throws when the gateway or the store cannot be asked at all; the next look tries again
   */
  async reconcile(signal?: AbortSignal): Promise<void> {
    const doubts: Doubts = new Map();
    try {
      // Each with a patience of its own: calls that cannot be compared keep nobody from looking at the legs.
      const seen = await this.passing(signal, (pass) => this.lookAtCalls(pass, doubts));
      await this.passing(signal, (pass) => this.lookAtLegs(pass, seen, doubts));
    } finally {
      if (doubts.size > 0) {
        await waitUnlessAborted(this.timers, this.options.timings.reconcileGrace, signal);
        await this.passing(signal, (pass) => this.lookAgain(pass, doubts));
      }
    }
  }

  private get listsCalls(): boolean {
    return this.gateway.capabilities?.listsCalls !== false;
  }

  private async passing<T>(
    signal: AbortSignal | undefined,
    look: (pass: ReconcilePass) => Promise<T>,
  ): Promise<T> {
    const pass = new ReconcilePass(signal);
    try {
      return await look(pass);
    } finally {
      if (pass.trouble !== null) this.logger.warn(pass.trouble);
    }
  }

  /** What the gateway has: is it wanted, and do we know how far it is? @returns the ids of the living calls looked at */
  private async lookAtCalls(pass: ReconcilePass, doubts: Doubts): Promise<Set<string>> {
    if (!this.listsCalls) return new Set();
    const strangers = new Set<string>();
    try {
      const looked = await this.calls.look(pass, (after) => this.pageOfCalls(after, strangers, doubts));
      return new Set([...looked].map((id) => id.toLowerCase()));
    } finally {
      if (strangers.size > 0) this.tellStrangers(strangers);
    }
  }

  /** Calls whose ids are no UUIDs cannot be ours, and the database must not be asked for them. */
  private async pageOfCalls(
    place: string | null,
    strangers: Set<string>,
    doubts: Doubts,
  ): Promise<RoundItem<string>[]> {
    const after = place ?? NIL_UUID;
    const calls = await this.bounded((signal) => this.gateway.listCalls({ after, limit: PAGE }, signal));
    const ids = calls.filter(({ id }) => isUuid(id)).map(({ id }) => id.toLowerCase());
    const ours = ids.length > 0 ? await this.audit.find(ids) : [];
    const legs = new Map(ours.map((leg) => [leg.id, leg]));
    return calls.map((call) => {
      if (isUuid(call.id))
        return {
          id: call.id,
          place: call.id,
          look: () => this.compare(call, legs.get(call.id.toLowerCase()), doubts),
        };
      const id = String(call.id);
      strangers.add(id);
      return { id, place: id, look: () => Promise.resolve() };
    });
  }

  private tellStrangers(ids: ReadonlySet<string>): void {
    const [first] = ids;
    this.logger.warn(
      `The gateway lists ${ids.size} calls whose ids are no UUIDs: they are not ours and are left alone. The first: ${cleanText(first, 64)}`,
    );
  }

  /** What we believe to be alive: does the gateway still have it? */
  private async lookAtLegs(pass: ReconcilePass, seen: ReadonlySet<string>, doubts: Doubts): Promise<void> {
    const placedBefore = this.clock.now() - this.options.timings.reconcileGrace;
    this.talks.next();
    const goesOn = this.legs.isUnfinished;
    const looked = await this.legs.look(pass, async (after) =>
      (await this.audit.placed(placedBefore, after, PAGE)).map((leg) => ({
        id: leg.id,
        place: leg,
        look: async () => {
          if (seen.has(leg.id) || !(goesOn || this.isDue(leg))) return;
          await this.compare(await this.callOf(leg), leg, doubts);
        },
      })),
    );
    if (!pass.isCutShort) this.missing.keepOnly(looked);
  }

  /**
   * With a list every leg that it does not show is asked for at once. Without one answered legs take turns, of looks at all
   * legs: where looks are given up, those that reach a leg and those in which it has its turn may never be the same.
   */
  private isDue({ id, status }: AuditedLeg): boolean {
    return this.listsCalls || status !== 'progressing' || this.missing.has(id) || this.talks.isTurnOf(id);
  }

  /** What differed a moment ago: has the leg gone on since, as it does when its news were on their way? */
  private async lookAgain(pass: ReconcilePass, doubts: Doubts): Promise<void> {
    const ids = [...doubts.keys()].sort();
    await this.doubts.look(pass, async (place) => {
      const page = ids.filter((id) => place === null || id > place).slice(0, PAGE);
      const legs = page.length > 0 ? await this.audit.find(page) : [];
      const found = new Map(legs.map((leg) => [leg.id, leg]));
      return page.map((id) => ({
        id,
        place: id,
        look: async () => {
          const leg = found.get(id);
          if (!leg || leg.status !== doubts.get(id)) return;
          const call = await this.callOf(leg);
          if (differs(call, leg)) await this.mend(call, leg);
        },
      }));
    });
  }

  private callOf({ id }: AuditedLeg): Promise<GatewayCall> {
    return this.bounded((signal) => this.gateway.getCall(id, signal));
  }

  private async compare(call: GatewayCall, leg: AuditedLeg | undefined, doubts: Doubts): Promise<void> {
    if (!leg) {
      // Never committed here, or from a backup older than the call: nobody will ever hang it up.
      if (call.state !== 'ended' && call.state !== 'unknown') await this.hangUpOrphan(call.id, 'cancel');
      return;
    }
    if (call.state === 'unknown') {
      if (this.missing.missed(leg.id, this.clock.now())) await this.endMissing(leg);
      return;
    }
    this.missing.found(leg.id);
    if (differs(call, leg)) doubts.set(leg.id, leg.status);
  }

  /** They differ for good: what the gateway has not told is made up for, and what we have not hung up is hung up. */
  private async mend({ state, reason }: GatewayCall, leg: AuditedLeg): Promise<void> {
    if (state === 'ended')
      return this.tell(new HandleHangupCommand({ legId: leg.id, reason: reason ?? 'normal' }));
    if (!isUndecided(leg)) return this.hangUpOrphan(leg.id, leg.hangupReason || 'cancel');
    if (state === 'answered') return this.tell(new HandleAnswerCommand({ legId: leg.id }));
    return this.tell(new HandleRingingCommand({ legId: leg.id }));
  }

  private async endMissing(leg: AuditedLeg): Promise<void> {
    this.logger.warn(`The gateway does not know call ${leg.id} any more: it counts as ended.`);
    if (leg.status === 'planned') return;
    await this.tell(
      leg.status === 'hangingup'
        ? new HandleDialOutcomeCommand({ rootId: leg.rootId, legId: leg.id, outcome: 'never_placed' })
        : new HandleHangupCommand({ legId: leg.id, reason: 'failed' }),
    );
    // It is not looked at any more, and as long as each look is given up nobody else forgets it.
    this.missing.found(leg.id);
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

/** The call is further than its leg, or lives although we have decided to end it. */
function differs({ state }: GatewayCall, { status }: AuditedLeg): boolean {
  switch (state) {
    case 'ringing':
      return status !== 'ringing' && status !== 'progressing';
    case 'answered':
      return status !== 'progressing';
    case 'ended':
      return status !== 'hangup';
    case 'unknown':
      return false;
  }
}
