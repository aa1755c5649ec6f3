import { CallRefusedError, HandleHangupCommand, type PublicEvent } from '@groupcall/groupcall';
import { HandleDialOutcomeCommand } from '../../../libs/groupcall/src/commands/handle-dial-outcome/handle-dial-outcome.command.js';
import { HandleResolutionCommand } from '../../../libs/groupcall/src/commands/handle-resolution/handle-resolution.command.js';
import type { DialOutcome } from '../../../libs/groupcall/src/domain/dial-outcome.js';
import type { Effect } from '../../../libs/groupcall/src/domain/effect.js';
import type { TreeCommand } from '../../../libs/groupcall/src/domain/tree-command.js';
import type { LegState } from '../../../libs/groupcall/src/domain/tree-state.js';
import type { ScriptedDirectory } from '../scripted-directory.js';
import { NoReply } from '../gateway-behaviour.js';
import type { ScriptedGateway } from '../scripted-gateway.js';

/** What the effects of a core need of it. */
export interface CoreHost {
  now(): number;
  leg(rootId: string, legId: string): LegState;
  publish(event: PublicEvent): void;
  send(command: TreeCommand): unknown;
}

interface Waiting {
  readonly rootId: string;
  readonly customerId: string;
  readonly effect: Effect;
  attempts: number;
  due: number;
  running: boolean;
}

const RETRY_DELAY = 500;
const MOST_LOOKUPS = 5;
const patient = new AbortController().signal;

/**
 * The tiny loop that does to the world what was decided: hangups first, else in order; within a lane one after the
 * other; what fails is tried again later. Written from SPEC 4.1, 4.8 and 4.11 and RELIABILITY 3.3, not from the relay.
 */
export class CoreEffects {
  running = true;
  private waiting: Waiting[] = [];
  /** What nobody foresaw: a defect, never a reason to try again. */
  private fault: Error | undefined;

  constructor(
    private readonly gateway: ScriptedGateway,
    private readonly directory: ScriptedDirectory,
    private readonly host: CoreHost,
  ) {}

  add(rootId: string, customerId: string, effects: readonly Effect[]): void {
    const due = this.host.now();
    this.waiting.push(
      ...effects.map((effect) => ({ rootId, customerId, effect, attempts: 0, due, running: false })),
    );
  }

  nextRetry(): number | null {
    const later = this.waiting
      .filter(({ running, due }) => !running && due > this.host.now())
      .map(({ due }) => due);
    return later.length === 0 ? null : Math.min(...later);
  }

  /** Until nothing is left that can be done now. */
  async drain(): Promise<void> {
    for (;;) {
      // All that runs is microtasks; what has not ended after them is held back on purpose.
      await new Promise((resolve) => setImmediate(resolve));
      await this.gateway.whenQuiet();
      if (this.fault) throw this.fault;
      const next = this.running ? this.next() : undefined;
      if (!next) return;
      next.running = true;
      void this.run(next);
    }
  }

  private next(): Waiting | undefined {
    const lanes = new Set<string>();
    const ready: Waiting[] = [];
    for (const one of this.waiting) {
      const isFirst = !lanes.has(one.effect.lane);
      lanes.add(one.effect.lane);
      if (isFirst && !one.running && one.due <= this.host.now()) ready.push(one);
    }
    return ready.find(({ effect }) => effect.kind === 'hangup') ?? ready[0];
  }

  private async run(one: Waiting): Promise<void> {
    one.attempts += 1;
    try {
      await this.execute(one);
      this.waiting = this.waiting.filter((other) => other !== one);
    } catch (error) {
      if (error instanceof NoReply) one.due = this.host.now() + RETRY_DELAY;
      else this.fault ??= error instanceof Error ? error : new Error(String(error));
    } finally {
      one.running = false;
    }
  }

  private async execute(one: Waiting): Promise<void> {
    const { effect, rootId, customerId } = one;
    switch (effect.kind) {
      case 'publish':
        return this.host.publish(effect.event);
      case 'dial':
        return this.dial(one, this.host.leg(rootId, effect.legId));
      case 'hangup': {
        const leg = this.host.leg(rootId, effect.legId);
        // Given up before the gateway heard of it; unless it has answered, then there is a call after all.
        if (leg.status === 'hangup' && leg.tmDial === null && !effect.again) return;
        const found = await this.gateway.hangupCall(effect.legId, effect.reason);
        if (found === 'unknown') this.tell(rootId, effect.legId, 'never_placed');
        if (found === 'ended')
          this.host.send(new HandleHangupCommand({ legId: effect.legId, reason: effect.reason }));
        return;
      }
      case 'resolve': {
        const { groupcallId, index, destination } = effect;
        const resolution = await this.directory
          .resolve(customerId, destination, patient)
          .catch((error: unknown) => {
            if (one.attempts < MOST_LOOKUPS) throw error;
            return { resolved: false as const, detail: 'the directory does not answer' };
          });
        this.host.send(new HandleResolutionCommand({ rootId, groupcallId, index, destination, resolution }));
        return;
      }
    }
  }

  private async dial({ rootId, customerId, attempts }: Waiting, leg: LegState): Promise<void> {
    if (leg.status === 'hangingup' && attempts === 1) return this.tell(rootId, leg.id, 'never_placed');
    if (leg.status !== 'planned' || leg.dialDeadline <= this.host.now()) return;
    const { id, groupcallId, source: from, destination: to } = leg;
    try {
      await this.gateway.createCall({
        id,
        customerId,
        groupcallId,
        rootId,
        from,
        to,
        ringTimeout: 0,
        maxDuration: 0,
      });
    } catch (error) {
      if (!(error instanceof CallRefusedError)) throw error;
      return this.tell(rootId, id, 'refused');
    }
    this.tell(rootId, id, 'accepted');
  }

  private tell(rootId: string, legId: string, outcome: DialOutcome): void {
    this.host.send(new HandleDialOutcomeCommand({ rootId, legId, outcome }));
  }
}
