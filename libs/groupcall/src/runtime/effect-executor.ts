import { Inject, Injectable } from '@nestjs/common';
import { EventBus } from '@nestjs/cqrs';
import { HandleDialOutcomeCommand } from '../commands/handle-dial-outcome/handle-dial-outcome.command.js';
import { HandleHangupCommand } from '../commands/handle-hangup/handle-hangup.command.js';
import { HandleResolutionCommand } from '../commands/handle-resolution/handle-resolution.command.js';
import type { DialOutcome } from '../domain/dial-outcome.js';
import type { Effect, PublicEvent } from '../domain/effect.js';
import { GroupcallError } from '../domain/groupcall-error.js';
import type { TreeCommand } from '../domain/tree-command.js';
import type { LegState } from '../domain/tree-state.js';
import { toGroupcallEvent } from '../events/to-groupcall-event.js';
import { GROUPCALL_OPTIONS, type ResolvedOptions } from '../groupcall.options.js';
import { CallGateway, CallRefusedError } from '../ports/call-gateway.port.js';
import { Clock } from '../ports/clock.port.js';
import { DestinationResolver } from '../ports/destination-resolver.port.js';
import type { ClaimedEffect } from '../ports/effect-outbox.port.js';
import { GroupcallEventSink } from '../ports/groupcall-event-sink.port.js';
import { Timers } from '../ports/timers.port.js';
import { bounded } from './bounded.js';
import { DialBreaker } from './dial-breaker.js';
import { GroupcallRuntime } from './groupcall-runtime.js';

type EffectOf<K extends Effect['kind']> = Extract<Effect, { kind: K }>;

/** A directory that has failed this often is told to the tree as a destination that cannot be reached. */
const MOST_RESOLVE_ATTEMPTS = 5;

/**
 * Does to the world what was committed, and tells the tree what came of it. Every effect may run more than once; it is
 * looked at again before it runs, since the world has moved on since the commit. Rejects for "not known, try again".
 */
@Injectable()
export class EffectExecutor {
  private readonly breaker = new DialBreaker();

  constructor(
    private readonly runtime: GroupcallRuntime,
    private readonly gateway: CallGateway,
    private readonly resolver: DestinationResolver,
    private readonly sink: GroupcallEventSink,
    private readonly eventBus: EventBus,
    private readonly clock: Clock,
    private readonly timers: Timers,
    @Inject(GROUPCALL_OPTIONS) private readonly options: ResolvedOptions,
  ) {}

  async execute(claimed: ClaimedEffect): Promise<void> {
    const { effect } = claimed;
    switch (effect.kind) {
      case 'dial':
        return this.dial(claimed);
      case 'hangup':
        return this.hangup(claimed, effect);
      case 'resolve':
        return this.resolve(claimed, effect);
      case 'publish':
        return this.publish(effect.event);
    }
  }

  private async dial(claimed: ClaimedEffect): Promise<void> {
    const leg = this.latest(claimed);
    // Accepted in an earlier attempt whose acknowledgement was lost, or ended meanwhile.
    if (
      !leg ||
      leg.status === 'dialing' ||
      leg.status === 'ringing' ||
      leg.status === 'progressing' ||
      leg.status === 'hangup'
    )
      return;
    if (leg.status === 'hangingup') {
      // Only the first attempt can be sure that no other process has placed the call.
      if (claimed.attempts === 1) await this.tellOutcome(claimed.rootId, leg.id, 'never_placed');
      return;
    }
    // The ring time has run out before anybody heard of the call: its alarm hangs it up (SPEC 4.11).
    if (leg.dialDeadline <= this.clock.now()) return;
    this.breaker.enter(this.clock.now());
    try {
      await this.bounded((signal) =>
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
    await this.tellOutcome(claimed.rootId, leg.id, 'accepted');
  }

  private async hangup(claimed: ClaimedEffect, effect: EffectOf<'hangup'>): Promise<void> {
    const leg = this.latest(claimed);
    // Given up before the gateway heard of it: there is nothing to hang up.
    if (leg?.status === 'hangup' && leg.tmDial === null && !effect.again) return;
    const found = await this.bounded((signal) =>
      this.gateway.hangupCall(effect.legId, effect.reason, signal),
    );
    // Nobody will notify us of the end of such a call any more.
    if (found === 'unknown') await this.tellOutcome(claimed.rootId, effect.legId, 'never_placed');
    if (found === 'ended')
      await this.tell(new HandleHangupCommand({ legId: effect.legId, reason: effect.reason }));
  }

  private async resolve(claimed: ClaimedEffect, effect: EffectOf<'resolve'>): Promise<void> {
    const { groupcallId, index, destination } = effect;
    const resolution = await this.bounded((signal) =>
      this.resolver.resolve(claimed.customerId, destination, signal),
    ).catch((error: unknown) => {
      if (claimed.attempts < MOST_RESOLVE_ATTEMPTS) throw error;
      return {
        resolved: false as const,
        detail: `the directory does not answer after ${claimed.attempts} tries`,
      };
    });
    await this.tell(
      new HandleResolutionCommand({ rootId: claimed.rootId, groupcallId, index, destination, resolution }),
    );
  }

  private async publish(event: PublicEvent): Promise<void> {
    await this.bounded(() => this.sink.deliver(event));
    this.eventBus.publish(toGroupcallEvent(event));
  }

  /** The newer of what the claim read and what this process has committed since. */
  private latest(claimed: ClaimedEffect): LegState | null {
    const { leg, rootId } = claimed;
    return leg && (this.runtime.peekLeg(rootId, leg.id) ?? leg);
  }

  private tellOutcome(rootId: string, legId: string, outcome: DialOutcome): Promise<void> {
    return this.tell(new HandleDialOutcomeCommand({ rootId, legId, outcome }));
  }

  private async tell(command: TreeCommand): Promise<void> {
    try {
      await this.runtime.send(command);
    } catch (error) {
      // Nobody is left to be told.
      if (!(error instanceof GroupcallError && error.reason === 'NOT_FOUND')) throw error;
    }
  }

  private bounded<T>(call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return bounded(this.timers, this.options.timings.effectTimeout, call);
  }
}
