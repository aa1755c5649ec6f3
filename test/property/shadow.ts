import { NIL_UUID } from '../../libs/shared/src/index.js';
import { PUBLIC_EVENT_TYPES, type Effect, type PublicEvent } from '../../libs/groupcall/src/domain/effect.js';
import type { TreeCommand } from '../../libs/groupcall/src/domain/tree-command.js';
import type { LegState, TreeState } from '../../libs/groupcall/src/domain/tree-state.js';
import { must } from './broken-rule.js';
import { expectedReason } from './expected-reason.js';
import { isBelow, isInOrder } from './shape.js';

/**
 * What somebody knows who only sees commands and effects go by. It is simpler than the tree: three facts about a leg,
 * and who was asked to hang up.
 */
export class Shadow {
  winner: string | null = null;
  readonly dialed = new Set<string>();
  /** With the reason that the gateway was given first. */
  readonly hungUp = new Map<string, string>();
  /** With what was told first: the reason, and by whom. */
  readonly ended = new Map<string, { reason: string; by: string }>();
  /** Groupcalls that were to be hung up before they had ended. */
  readonly asked = new Set<string>();
  private readonly told = new Map<PublicEvent['type'], Set<string>>(
    PUBLIC_EVENT_TYPES.map((type) => [type, new Set()]),
  );
  private readonly eventIds = new Set<string>();
  private sequence = 0;

  /** Another command was decided: `before` and `after` are the tree around it, `effects` and `result` its outcome. */
  see(
    command: TreeCommand,
    before: TreeState,
    after: TreeState,
    effects: readonly Effect[],
    result: unknown,
    now: number,
  ): void {
    const wonBefore = this.winner;
    if (command.type === 'handle_answer') this.seeAnswer(command.legId, effects, result);
    if (command.type === 'hangup' || command.type === 'delete_groupcall')
      this.seeRequest(command.groupcallId, before);
    this.seeEnd(command);
    for (const effect of effects) {
      switch (effect.kind) {
        case 'dial':
          this.seeDial(effect.legId, effect.lane, after);
          break;
        case 'hangup':
          this.seeHangup(effect.legId, effect.reason, effect.lane, command, before, after, now);
          break;
        case 'resolve':
          must(this.winner === null, 'nobody is looked up after the decision', () => effect);
          break;
        case 'publish':
          this.seeEvent(effect.event, after);
          break;
      }
    }
    must(wonBefore === null || wonBefore === this.winner, 'I1: one winner for ever', () => [
      wonBefore,
      this.winner,
    ]);
    must(after.winnerLegId === this.winner, 'I1, I2: the winner is whose answer came first', () => [
      after.winnerLegId,
      this.winner,
    ]);
  }

  /** Whether this was told about the groupcall or leg. */
  wasTold(type: PublicEvent['type'], id: string): boolean {
    return this.told.get(type)!.has(id);
  }

  private seeAnswer(legId: string, effects: readonly Effect[], result: unknown): void {
    const over = this.hungUp.has(legId) || this.ended.has(legId);
    if (this.winner === null && !over) this.winner = legId;
    const won = this.winner === legId && !over;
    must(result === (won ? 'won' : 'lost'), 'I6: every answer is told whether it won', () => [legId, result]);
    const again = effects.some((effect) => effect.kind === 'hangup' && effect.legId === legId);
    must(again === !won, 'I6: every answer that lost is hung up, the one that won is not', () => [
      legId,
      effects,
    ]);
  }

  private seeRequest(groupcallId: string, before: TreeState): void {
    if (before.groupcalls.get(groupcallId)!.status === 'hangup') return;
    for (const { id, status } of before.groupcalls.values()) {
      if (status !== 'hangup' && isBelow(before, id, groupcallId)) this.asked.add(id);
    }
  }

  private seeEnd(command: TreeCommand): void {
    if (command.type === 'handle_hangup') this.noteEnd(command.legId, command.reason, 'remote');
    if (command.type !== 'handle_dial_outcome') return;
    if (command.outcome === 'refused') this.noteEnd(command.legId, 'failed', '');
    if (command.outcome === 'never_placed') this.noteEnd(command.legId, 'cancel', 'local');
  }

  private noteEnd(legId: string, reason: string, by: string): void {
    if (!this.ended.has(legId)) this.ended.set(legId, { reason, by });
  }

  private seeDial(legId: string, lane: string, after: TreeState): void {
    must(!this.dialed.has(legId), 'I4: a leg is dialled once', () => legId);
    this.dialed.add(legId);
    must(this.winner === null, 'I7: nobody is dialled after the decision', () => legId);
    const leg = after.legs.get(legId);
    must(
      leg !== undefined && lane === legId,
      'I5: every leg dialled is in the tree, in a lane of its own',
      () => legId,
    );
    for (let id = leg.groupcallId; id !== NIL_UUID; id = after.groupcalls.get(id)!.masterGroupcallId) {
      must(!this.asked.has(id), 'I7: nobody is dialled for a groupcall that is to be hung up', () => [
        legId,
        id,
      ]);
    }
  }

  private seeHangup(
    legId: string,
    reason: string,
    lane: string,
    command: TreeCommand,
    before: TreeState,
    after: TreeState,
    now: number,
  ): void {
    must(
      lane === legId && this.dialed.has(legId),
      'I7: who is hung up was to be dialled first, in the same lane',
      () => legId,
    );
    const again = this.hungUp.has(legId);
    if (!again && !this.ended.has(legId)) this.hungUp.set(legId, reason);
    if (command.type === 'handle_answer' && command.legId === legId) return;
    must(!again, 'a leg is hung up again only when it has answered', () => legId);
    const leg = before.legs.get(legId);
    const asked = this.asked.has(after.legs.get(legId)!.groupcallId);
    const hasReason =
      (reason === 'answered_elsewhere' &&
        legId !== this.winner &&
        (this.othersAreInTheWay(command, after) || this.isUnplaced(leg))) ||
      (reason === 'dialout' &&
        command.type === 'handle_alarm' &&
        leg !== undefined &&
        leg.dialDeadline <= now) ||
      (reason === 'cancel' && legId !== this.winner && asked) ||
      (reason === 'normal' && legId === this.winner && asked);
    must(hasReason, 'I13: nobody is hung up without a reason, or before the ring time is over', () => [
      legId,
      reason,
    ]);
  }

  /** Somebody has won, and who still rings is not wanted any more. */
  private othersAreInTheWay(command: TreeCommand, tree: TreeState): boolean {
    if (this.winner === null) return false;
    const { answerMethod } = tree.groupcalls.get(tree.rootId)!;
    return (
      answerMethod === 'hangup_others' || command.type === 'hangup_others' || this.ended.has(this.winner)
    );
  }

  /** Somebody has won, and nobody has heard yet that this phone was dialled: it is not to be dialled any more. */
  private isUnplaced(leg: LegState | undefined): boolean {
    return this.winner !== null && (leg === undefined || leg.status === 'planned');
  }

  private seeEvent(event: PublicEvent, after: TreeState): void {
    const { type, id, sequence, data, leg } = event;
    this.sequence += 1;
    must(sequence === this.sequence, 'I10: events are numbered without gaps', () => [
      sequence,
      this.sequence,
    ]);
    must(!this.eventIds.has(id), 'I10: every event has an id of its own', () => event);
    this.eventIds.add(id);
    must(data.customer_id === after.customerId, 'I15: one customer per tree', () => event);
    const about = leg?.id ?? data.id;
    must(!this.wasTold(type, about), 'I10: nothing is told twice', () => [type, about]);
    this.told.get(type)!.add(about);
    must(this.wasTold('groupcall_created', data.id), 'I10: created is told first', () => event);
    if (leg)
      must(!this.wasTold('groupcall_hangup', data.id), 'I11: legs end before their groupcall', () => event);
    const { slots } = after.groupcalls.get(data.id)!;
    must(
      isInOrder(data.call_ids, slots, 'leg') && isInOrder(data.groupcall_ids, slots, 'child'),
      'legs and children are named in the order of their destinations',
      () => event,
    );
    if (type === 'groupcall_hangup') this.seeGroupcallEnd(data.id, data.hangup_reason, after);
  }

  private seeGroupcallEnd(id: string, reason: string, after: TreeState): void {
    for (const child of after.groupcalls.values()) {
      if (child.masterGroupcallId !== id) continue;
      must(this.wasTold('groupcall_hangup', child.id), 'I11: children end before their parents', () => [
        id,
        child.id,
      ]);
    }
    const expected = expectedReason(after.groupcalls.get(id)!, after, this.winner, this.asked);
    must(reason === expected, 'the hangup reason follows from what happened', () => ({
      id,
      reason,
      expected,
    }));
  }

  /** In which of four phases a leg must be, by what was seen of it. */
  phaseOf({ id }: LegState): 'undecided' | 'talking' | 'hangingup' | 'hangup' {
    if (this.ended.has(id)) return 'hangup';
    if (this.hungUp.has(id)) return 'hangingup';
    return this.winner === id ? 'talking' : 'undecided';
  }
}
