import {
  CreateGroupcallCommand,
  type CreateGroupcallInput,
} from '../commands/create-groupcall/create-groupcall.command.js';
import { HandleAlarmCommand } from '../commands/handle-alarm/handle-alarm.command.js';
import { HandleDialOutcomeCommand } from '../commands/handle-dial-outcome/handle-dial-outcome.command.js';
import { HandleHangupCommand } from '../commands/handle-hangup/handle-hangup.command.js';
import { HandleResolutionCommand } from '../commands/handle-resolution/handle-resolution.command.js';
import { decide } from '../domain/decide.js';
import { whyForbidden, type DialPolicy } from '../domain/dial-policy.js';
import type { Effect } from '../domain/effect.js';
import type { Resolution } from '../domain/resolution.js';
import type { TreeCommand } from '../domain/tree-command.js';
import { emptyTree, nextAlarmOf, type LegState, type TreeState } from '../domain/tree-state.js';
import type { TreeLimits } from '../domain/turn.js';
import type { DestinationResolver } from '../ports/destination-resolver.port.js';

/** Any moment will do: everything is told as a distance from it. */
const START = Date.UTC(2026, 0, 1);
const ROOT_ID = '00000000-0000-7000-8000-000000000001';

/** ms from the start. */
export interface RingTime {
  readonly at: number;
  until: number;
}

export interface RunSettings {
  readonly limits: TreeLimits;
  readonly policy: DialPolicy;
  readonly directory: DestinationResolver;
}

/**
 * The life of a groupcall that nobody answers, decided by the real rules in virtual time: the gateway takes every call
 * and ends it when it is told to, the directory answers at once.
 */
export class UnansweredRun {
  state: TreeState;
  readonly rings = new Map<string, RingTime>();
  /** Legs that our own rules would not let out, with the reason. */
  readonly forbidden = new Map<string, string>();
  private now = START;
  private readonly waiting: TreeCommand[] = [];

  constructor(
    private readonly request: CreateGroupcallInput,
    private readonly settings: RunSettings,
  ) {
    this.state = emptyTree(ROOT_ID, request.customerId.toLowerCase());
  }

  /** ms from the start until everything has ended. */
  get elapsed(): number {
    return this.now - START;
  }

  /** @throws GroupcallError when the request is refused */
  async play(): Promise<this> {
    this.waiting.push(new CreateGroupcallCommand({ ...this.request, id: ROOT_ID }));
    for (;;) {
      const command = this.waiting.shift();
      if (command) {
        await this.take(command);
        continue;
      }
      const next = nextAlarmOf(this.state);
      if (next === null) return this;
      this.now = Math.max(this.now, next);
      this.waiting.push(new HandleAlarmCommand({ rootId: ROOT_ID, now: this.now }));
    }
  }

  private async take(command: TreeCommand): Promise<void> {
    const context = { now: this.now, limits: this.settings.limits, mayPlanLegs: true };
    const decision = decide(this.state, command, context);
    this.state = { ...decision.state, version: this.state.version + 1 };
    for (const effect of decision.effects) await this.carryOut(effect);
  }

  private async carryOut(effect: Effect): Promise<void> {
    switch (effect.kind) {
      case 'dial':
        return this.dial(this.state.legs.get(effect.legId)!);
      case 'hangup':
        this.waiting.push(new HandleHangupCommand({ legId: effect.legId, reason: effect.reason }));
        this.rings.get(effect.legId)!.until = this.elapsed;
        return;
      case 'resolve': {
        const { groupcallId, index, destination } = effect;
        const resolution = await this.resolve(effect);
        this.waiting.push(
          new HandleResolutionCommand({ rootId: ROOT_ID, groupcallId, index, destination, resolution }),
        );
        return;
      }
      case 'publish':
        return;
    }
  }

  private dial({ id: legId, destination }: LegState): void {
    const reason = whyForbidden(destination, this.settings.policy);
    if (reason) this.forbidden.set(legId, reason);
    else this.rings.set(legId, { at: this.elapsed, until: this.elapsed });
    const outcome = reason ? 'forbidden' : 'accepted';
    this.waiting.push(new HandleDialOutcomeCommand({ rootId: ROOT_ID, legId, outcome }));
  }

  private async resolve({ destination }: Extract<Effect, { kind: 'resolve' }>): Promise<Resolution> {
    try {
      const { customerId } = this.state;
      return await this.settings.directory.resolve(customerId, destination, new AbortController().signal);
    } catch (error) {
      return { resolved: false, detail: `the directory does not answer: ${String(error)}` };
    }
  }
}
