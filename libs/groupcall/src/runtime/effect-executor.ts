import { Inject, Injectable } from '@nestjs/common';
import { EventBus } from '@nestjs/cqrs';
import { HandleDialOutcomeCommand } from '../commands/handle-dial-outcome/handle-dial-outcome.command.js';
import { HandleHangupCommand } from '../commands/handle-hangup/handle-hangup.command.js';
import { HandleResolutionCommand } from '../commands/handle-resolution/handle-resolution.command.js';
import type { DialOutcome } from '../domain/dial-outcome.js';
import type { Effect, PublicEvent } from '../domain/effect.js';
import { GroupcallError } from '../domain/groupcall-error.js';
import { LEG_STATUSES } from '../domain/status.js';
import type { TreeCommand } from '../domain/tree-command.js';
import type { LegState } from '../domain/tree-state.js';
import { toGroupcallEvent } from '../events/to-groupcall-event.js';
import { GROUPCALL_OPTIONS, type ResolvedOptions } from '../groupcall.options.js';
import { CallGateway, CallRefusedError } from '../ports/call-gateway.port.js';
import { Clock } from '../ports/clock.port.js';
import { DestinationResolver } from '../ports/destination-resolver.port.js';
import type { ClaimedEffect } from '../ports/effect-outbox.port.js';
import { GroupcallEventSink, NoEventSink } from '../ports/groupcall-event-sink.port.js';
import { NoTracer, Tracer } from '../ports/tracer.port.js';
import { Timers } from '../ports/timers.port.js';
import { hasAudience } from './bus-audience.js';
import { BoundedCalls } from './bounded-calls.js';
import { DialBreaker } from './dial-breaker.js';
import { DialGuard } from './dial-guard.js';
import { GroupcallRuntime } from './groupcall-runtime.js';

type EffectOf<K extends Effect['kind']> = Extract<Effect, { kind: K }>;

/** A directory that has failed this often for one destination is told to the tree as a destination that cannot be reached. */
const MOST_RESOLVE_ATTEMPTS = 5;

const ignore = () => undefined;

/**
 * Does to the world what was committed, and tells the tree what came of it. Every effect may run more than once; it is
 * looked at again before it runs, since the world has moved on since the commit. Rejects for "not known, try again".
 */
@Injectable()
export class EffectExecutor {
  private readonly breaker = new DialBreaker();
  private readonly calls: BoundedCalls;
  private readonly hasSink: boolean;

  constructor(
    private readonly runtime: GroupcallRuntime,
    private readonly gateway: CallGateway,
    private readonly resolver: DestinationResolver,
    private readonly sink: GroupcallEventSink,
    private readonly eventBus: EventBus,
    private readonly clock: Clock,
    timers: Timers,
    private readonly guard: DialGuard,
    @Inject(GROUPCALL_OPTIONS) private readonly options: ResolvedOptions,
    private readonly tracer: Tracer = new NoTracer(),
  ) {
    this.calls = new BoundedCalls(timers);
    this.hasSink = sink.constructor !== NoEventSink;
  }

  /**
   * @param asked called at most once, when the world has done its part and only the tree is still to be told
   * @returns undefined when it is done already
   */
  execute(claimed: ClaimedEffect, asked: () => void = ignore): Promise<unknown> | undefined {
    return this.tracer.isOn
      ? this.tracer.effect(claimed, async () => void (await this.carryOut(claimed, asked)))
      : this.carryOut(claimed, asked);
  }

  /** False: an event would be made for nobody. Traces show events that nobody listens to, too. */
  get hasAudience(): boolean {
    return this.hasSink || this.tracer.isOn || hasAudience(this.eventBus);
  }

  private carryOut(claimed: ClaimedEffect, asked: () => void): Promise<unknown> | undefined {
    const { effect } = claimed;
    switch (effect.kind) {
      case 'dial':
        return this.dial(claimed, asked);
      case 'hangup':
        return this.hangup(claimed, effect);
      case 'resolve':
        return this.resolve(claimed, effect);
      case 'publish':
        return this.hasAudience ? this.publish(claimed, effect.event) : undefined;
    }
  }

  private async dial(claimed: ClaimedEffect, asked: () => void): Promise<unknown> {
    const leg = this.latest(claimed);
    // Accepted in an earlier attempt whose acknowledgement was lost, or ended meanwhile.
    if (
      !leg ||
      leg.status === 'dialing' ||
      leg.status === 'ringing' ||
      leg.status === 'progressing' ||
      leg.status === 'hangup'
    )
      return undefined;
    if (leg.status === 'hangingup') {
      // Only whoever holds it as the first of all can be sure that nobody has placed the call.
      if (claimed.claimNo > 1) return undefined;
      return this.tellOutcome(claimed.rootId, leg.id, 'never_placed');
    }
    // The ring time has run out before anybody heard of the call: its alarm hangs it up (SPEC 4.11).
    if (leg.dialDeadline <= this.clock.now()) return undefined;
    const isAdmitted = this.guard.admits(leg);
    if (!(typeof isAdmitted === 'boolean' ? isAdmitted : await isAdmitted))
      return this.tellOutcome(claimed.rootId, leg.id, 'forbidden');
    this.breaker.enter(this.clock.now());
    try {
      await this.bounded(claimed, (signal) =>
        this.gateway.createCall(
          {
            id: leg.id,
            customerId: leg.customerId,
            groupcallId: leg.groupcallId,
            rootId: claimed.rootId,
            from: leg.source,
            to: leg.destination,
            ringTimeout: leg.dialDeadline - leg.tmCreate + this.options.timings.ringGrace,
            maxDuration: this.options.timings.maxCallDuration,
          },
          signal,
        ),
      );
      this.breaker.succeeded();
    } catch (error) {
      if (!(error instanceof CallRefusedError)) {
        this.breaker.failed(this.clock.now());
        throw error;
      }
      this.breaker.succeeded();
      return this.tellOutcome(claimed.rootId, leg.id, 'refused');
    }
    asked();
    return this.tellOutcome(claimed.rootId, leg.id, 'accepted');
  }

  private async hangup(claimed: ClaimedEffect, effect: EffectOf<'hangup'>): Promise<void> {
    const leg = this.latest(claimed);
    // Given up before the gateway heard of it: there is nothing to hang up.
    if (leg?.status === 'hangup' && leg.tmDial === null && !effect.again) return;
    const found = await this.bounded(claimed, (signal) =>
      this.gateway.hangupCall(effect.legId, effect.reason, signal),
    );
    // Nobody will notify us of the end of such a call any more.
    if (found === 'unknown') await this.tellOutcome(claimed.rootId, effect.legId, 'never_placed');
    if (found === 'ended')
      await this.tell(new HandleHangupCommand({ legId: effect.legId, reason: effect.reason }));
  }

  private async resolve(claimed: ClaimedEffect, effect: EffectOf<'resolve'>): Promise<void> {
    const { groupcallId, index, destination } = effect;
    const resolution = await this.bounded(claimed, (signal) =>
      this.resolver.resolve(claimed.customerId, destination, signal),
    ).catch((error: unknown) => {
      const tries = claimed.attempts + 1;
      if (tries < MOST_RESOLVE_ATTEMPTS) throw error;
      return {
        resolved: false as const,
        detail: `the directory does not answer after ${tries} tries`,
      };
    });
    await this.tell(
      new HandleResolutionCommand({ rootId: claimed.rootId, groupcallId, index, destination, resolution }),
    );
  }

  /** Most of all effects are events: without a sink nobody is waited for. */
  private publish(claimed: ClaimedEffect, event: PublicEvent): Promise<void> | undefined {
    if (this.hasSink)
      return this.bounded(claimed, () => this.sink.deliver(event)).then(() => this.tellBus(event));
    this.tellBus(event);
    return undefined;
  }

  private tellBus(event: PublicEvent): void {
    this.eventBus.publish(toGroupcallEvent(event, this.options.name));
  }

  /** The newer of what the claim read and what this process remembers: either may be behind, and a leg only goes forward. */
  private latest(claimed: ClaimedEffect): LegState | null {
    const { leg, rootId } = claimed;
    const remembered = leg && this.runtime.peekLeg(rootId, leg.id);
    return remembered && isFurther(remembered, leg) ? remembered : leg;
  }

  private tellOutcome(rootId: string, legId: string, outcome: DialOutcome): Promise<unknown> {
    return this.tell(new HandleDialOutcomeCommand({ rootId, legId, outcome }));
  }

  private tell(command: TreeCommand): Promise<unknown> {
    return this.runtime.tell(command).catch(unlessNobodyIsLeft);
  }

  /** Nobody is waited for beyond the end of the claim: from then on another process may ask for the same. */
  private bounded<T>({ claimUntil }: ClaimedEffect, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const left = Math.max(1, claimUntil - this.clock.now());
    return this.calls.within(Math.min(this.options.timings.effectTimeout, left), call);
  }
}

/** To be told: its tree is gone. */
function unlessNobodyIsLeft(error: unknown): void {
  if (!(error instanceof GroupcallError && error.reason === 'NOT_FOUND')) throw error;
}

function isFurther(a: LegState, b: LegState): boolean {
  return LEG_STATUSES.indexOf(a.status) > LEG_STATUSES.indexOf(b.status);
}
