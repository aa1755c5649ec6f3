import { Inject, Injectable } from '@nestjs/common';
import { EventBus } from '@nestjs/cqrs';
import { HandleDialOutcomeCommand } from '../commands/handle-dial-outcome/handle-dial-outcome.command.js';
import { HandleHangupCommand } from '../commands/handle-hangup/handle-hangup.command.js';
import { HandleResolutionCommand } from '../commands/handle-resolution/handle-resolution.command.js';
import type { DialOutcome } from '../domain/dial-outcome.js';
import type { Effect, PublicEvent } from '../domain/effect.js';
import { GroupcallError } from '../domain/groupcall-error.js';
import { LEG_STATUSES } from '../domain/status.js';
import type { Resolution } from '../domain/resolution.js';
import type { TreeCommand } from '../domain/tree-command.js';
import type { LegState } from '../domain/tree-state.js';
import { toGroupcallEvent } from '../events/to-groupcall-event.js';
import { GROUPCALL_OPTIONS, type ResolvedOptions } from '../groupcall.options.js';
import { CallGateway, CallRefusedError, type OutgoingCall } from '../ports/call-gateway.port.js';
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

/** Whoever wants an effect carried out, and is told once what came of it: either of the last two. */
export interface EffectRun {
  /** The world has done its part, and only the tree is still to be told. At most once, and not of every effect. */
  asked(): void;
  done(): void;
  /** Not known, try again. */
  failed(reason: unknown): void;
}

/** A directory that has failed this often for one destination is told to the tree as a destination that cannot be reached. */
const MOST_RESOLVE_ATTEMPTS = 5;

const ignore = () => undefined;

/**
 * Does to the world what was committed, and tells the tree what came of it. Every effect may run more than once; it is
 * looked at again before it runs, since the world has moved on since the commit.
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

  /** Resolves when the effect is done, and rejects as {@link EffectRun.failed} is told. */
  execute(claimed: ClaimedEffect): Promise<void> {
    return new Promise((done, failed) => this.start(claimed, { asked: ignore, done, failed }));
  }

  /** {@link execute} without a promise, since every call that is placed or hung up comes this way. */
  start(claimed: ClaimedEffect, run: EffectRun): void {
    if (!this.tracer.isOn) return this.carryOut(claimed, run);
    const work = () =>
      new Promise<void>((done, failed) => this.carryOut(claimed, { asked: () => run.asked(), done, failed }));
    this.tracer.effect(claimed, work).then(
      () => run.done(),
      (reason: unknown) => run.failed(reason),
    );
  }

  /** False: an event would be made for nobody. Traces show events that nobody listens to, too. */
  get hasAudience(): boolean {
    return this.hasSink || this.tracer.isOn || hasAudience(this.eventBus);
  }

  private carryOut(claimed: ClaimedEffect, run: EffectRun): void {
    const { effect } = claimed;
    switch (effect.kind) {
      case 'dial':
        return this.dial(claimed, run);
      case 'hangup':
        return this.hangup(claimed, effect, run);
      case 'resolve':
        return this.resolve(claimed, effect, run);
      case 'publish':
        return this.publish(claimed, effect.event, run);
    }
  }

  private dial(claimed: ClaimedEffect, run: EffectRun): void {
    const leg = this.latest(claimed);
    // Accepted in an earlier attempt whose acknowledgement was lost, or ended meanwhile.
    if (
      !leg ||
      leg.status === 'dialing' ||
      leg.status === 'ringing' ||
      leg.status === 'progressing' ||
      leg.status === 'hangup'
    )
      return run.done();
    if (leg.status === 'hangingup') {
      // Only whoever holds it as the first of all can be sure that nobody has placed the call.
      if (claimed.claimNo > 1) return run.done();
      return this.tellOutcome(claimed.rootId, leg.id, 'never_placed', run);
    }
    // The ring time has run out before anybody heard of the call: its alarm hangs it up (SPEC 4.11).
    if (leg.dialDeadline <= this.clock.now()) return run.done();
    const admitted = (isAdmitted: boolean) => {
      if (isAdmitted) this.place(claimed, leg, run);
      else this.tellOutcome(claimed.rootId, leg.id, 'forbidden', run);
    };
    const answer = this.guard.admits(leg);
    if (typeof answer === 'boolean') admitted(answer);
    else answer.then(admitted, (reason: unknown) => run.failed(reason));
  }

  private place(claimed: ClaimedEffect, leg: LegState, run: EffectRun): void {
    const { rootId } = claimed;
    try {
      this.breaker.enter(this.clock.now());
    } catch (heldBack) {
      return run.failed(heldBack);
    }
    const call: OutgoingCall = {
      id: leg.id,
      customerId: leg.customerId,
      groupcallId: leg.groupcallId,
      rootId,
      from: leg.source,
      to: leg.destination,
      ringTimeout: leg.dialDeadline - leg.tmCreate + this.options.timings.ringGrace,
      maxDuration: this.options.timings.maxCallDuration,
    };
    this.calls.ask(
      this.patience(claimed),
      (signal) => this.gateway.createCall(call, signal),
      () => {
        this.breaker.succeeded();
        run.asked();
        this.tellOutcome(rootId, leg.id, 'accepted', run);
      },
      (reason) => {
        if (!(reason instanceof CallRefusedError)) {
          this.breaker.failed(this.clock.now());
          return run.failed(reason);
        }
        this.breaker.succeeded();
        this.tellOutcome(rootId, leg.id, 'refused', run);
      },
    );
  }

  private hangup(claimed: ClaimedEffect, { legId, reason, again }: EffectOf<'hangup'>, run: EffectRun): void {
    const leg = this.latest(claimed);
    // Given up before the gateway heard of it: there is nothing to hang up.
    if (leg?.status === 'hangup' && leg.tmDial === null && !again) return run.done();
    this.calls.ask(
      this.patience(claimed),
      (signal) => this.gateway.hangupCall(legId, reason, signal),
      (found) => {
        // Nobody will notify us of the end of such a call any more.
        if (found === 'unknown') this.tellOutcome(claimed.rootId, legId, 'never_placed', run);
        else if (found === 'ended') this.tell(new HandleHangupCommand({ legId, reason }), run);
        else run.done();
      },
      (failure) => run.failed(failure),
    );
  }

  private resolve(claimed: ClaimedEffect, effect: EffectOf<'resolve'>, run: EffectRun): void {
    const { groupcallId, index, destination } = effect;
    const { rootId } = claimed;
    const resolved = (resolution: Resolution) =>
      this.tell(new HandleResolutionCommand({ rootId, groupcallId, index, destination, resolution }), run);
    this.calls.ask(
      this.patience(claimed),
      (signal) => this.resolver.resolve(claimed.customerId, destination, signal),
      resolved,
      (reason) => {
        const tries = claimed.attempts + 1;
        if (tries < MOST_RESOLVE_ATTEMPTS) return run.failed(reason);
        resolved({ resolved: false, detail: `the directory does not answer after ${tries} tries` });
      },
    );
  }

  /** Most of all effects are events: without a sink nobody is waited for. */
  private publish(claimed: ClaimedEffect, event: PublicEvent, run: EffectRun): void {
    const delivered = () => {
      try {
        this.eventBus.publish(toGroupcallEvent(event, this.options.name));
      } catch (reason) {
        // A publisher of the host's own.
        return run.failed(reason);
      }
      run.done();
    };
    if (!this.hasSink) return delivered();
    this.calls.ask(
      this.patience(claimed),
      () => this.sink.deliver(event),
      delivered,
      (reason) => run.failed(reason),
    );
  }

  /** The newer of what the claim read and what this process remembers: either may be behind, and a leg only goes forward. */
  private latest(claimed: ClaimedEffect): LegState | null {
    const { leg, rootId } = claimed;
    const remembered = leg && this.runtime.peekLeg(rootId, leg.id);
    return remembered && isFurther(remembered, leg) ? remembered : leg;
  }

  private tellOutcome(rootId: string, legId: string, outcome: DialOutcome, run: EffectRun): void {
    this.tell(new HandleDialOutcomeCommand({ rootId, legId, outcome }), run);
  }

  private tell(command: TreeCommand, run: EffectRun): void {
    this.runtime.tell(
      command,
      () => run.done(),
      (reason) => {
        if (isGone(reason)) run.done();
        else run.failed(reason);
      },
    );
  }

  /** Nobody is waited for beyond the end of the claim: from then on another process may ask for the same. ms. */
  private patience({ claimUntil }: ClaimedEffect): number {
    const left = Math.max(1, claimUntil - this.clock.now());
    return Math.min(this.options.timings.effectTimeout, left);
  }
}

/** The tree that should be told: there is nobody left. */
function isGone(error: unknown): boolean {
  return error instanceof GroupcallError && error.reason === 'NOT_FOUND';
}

function isFurther(a: LegState, b: LegState): boolean {
  return LEG_STATUSES.indexOf(a.status) > LEG_STATUSES.indexOf(b.status);
}
