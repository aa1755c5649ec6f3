import { Injectable } from '@nestjs/common';
import { HandleAnswerCommand } from '../commands/handle-answer/handle-answer.command.js';
import type { AnswerOutcome } from '../commands/handle-answer/handle-answer.decide.js';
import { HandleHangupCommand } from '../commands/handle-hangup/handle-hangup.command.js';
import { HandleRingingCommand } from '../commands/handle-ringing/handle-ringing.command.js';
import type { LegHangupReason } from '../domain/status.js';
import { GroupcallRuntime } from './groupcall-runtime.js';

/**
 * Where a gateway reports what its phones do; a webhook awaits it and then replies, so that what it confirmed is never
 * lost. Each promise resolves when what was decided is durable. Reports may come twice, late, in any order, and before
 * `createCall` has returned. Works before the CommandBus knows its handlers.
 *
 * All three reject with a `GroupcallError`: `NOT_FOUND` – no such call of ours, do not report it again; `UNAVAILABLE` – it
 * may or may not be stored, report it again; `INVALID_ARGUMENT` – the id is no UUID.
 */
@Injectable()
export class CallNotifications {
  constructor(private readonly runtime: GroupcallRuntime) {}

  /** The phone rings. @param callId the id that `createCall` was given */
  ringing(callId: string): Promise<void> {
    return this.runtime.send(new HandleRingingCommand({ legId: callId }));
  }

  /**
   * The phone was picked up.
   * @param callId the id that `createCall` was given
   * @returns `won`: connect it, it is the only one. `lost`: it is being hung up.
   */
  answered(callId: string): Promise<AnswerOutcome> {
    return this.runtime.send(new HandleAnswerCommand({ legId: callId }));
  }

  /**
   * The call is over, whoever ended it.
   * @param callId the id that `createCall` was given
   * @param reason what the network said; missing: `normal`
   */
  ended(callId: string, reason: LegHangupReason = 'normal'): Promise<void> {
    return this.runtime.send(new HandleHangupCommand({ legId: callId, reason }));
  }
}
