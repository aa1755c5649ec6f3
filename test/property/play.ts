import { HandleAlarmCommand } from '../../libs/groupcall/src/commands/handle-alarm/handle-alarm.command.js';
import { HandleAnswerCommand } from '../../libs/groupcall/src/commands/handle-answer/handle-answer.command.js';
import { HandleDialOutcomeCommand } from '../../libs/groupcall/src/commands/handle-dial-outcome/handle-dial-outcome.command.js';
import { HandleHangupCommand } from '../../libs/groupcall/src/commands/handle-hangup/handle-hangup.command.js';
import { HandleResolutionCommand } from '../../libs/groupcall/src/commands/handle-resolution/handle-resolution.command.js';
import { HandleRingingCommand } from '../../libs/groupcall/src/commands/handle-ringing/handle-ringing.command.js';
import { HangupOthersCommand } from '../../libs/groupcall/src/commands/hangup-others/hangup-others.command.js';
import { HangupCommand } from '../../libs/groupcall/src/commands/hangup/hangup.command.js';
import { DeleteGroupcallCommand } from '../../libs/groupcall/src/commands/delete-groupcall/delete-groupcall.command.js';
import { decideOn } from '../../libs/groupcall/src/domain/decide.js';
import { LEG_HANGUP_REASONS, type AnswerMethod } from '../../libs/groupcall/src/domain/status.js';
import type { TreeCommand } from '../../libs/groupcall/src/domain/tree-command.js';
import { nextAlarmOf } from '../../libs/groupcall/src/domain/tree-state.js';
import { must } from './broken-rule.js';
import type { Chooser } from './chooser.js';
import { randomCreate, randomLimits, randomResolution, ROOT_ID } from './random-setting.js';
import { Stage, type Decide } from './stage.js';

/**
 * Plays one whole life of a random tree.
 * @param decide the rules, or a version of them that is known to be wrong
 * @throws BrokenRule, with all that had happened, when a rule does not hold
 */
export function play(chooser: Chooser, answerMethod: AnswerMethod, decide: Decide = decideOn): Stage {
  chooser.next();
  const limits = randomLimits(chooser);
  const stage = new Stage(limits, chooser.pick(8) === 0, decide);
  try {
    stage.take([randomCreate(chooser, answerMethod, limits)]);
    // What comes after the end matters too, but not for long.
    for (let late = 0; late < 3 && chooser.next(); late += Number(stage.hasEnded)) step(stage, chooser);
    toTheEnd(stage);
    stage.checkReplay();
  } catch (error) {
    if (error instanceof Error) error.message += `\n\nWhat had happened:\n${stage.story()}`;
    throw error;
  }
  return stage;
}

/** One turn: mostly of one command, sometimes of several that waited together. */
function step(stage: Stage, chooser: Chooser): void {
  stage.mayPlanLegs = chooser.pick(24) !== 23;
  const together = [1, 1, 1, 2, 3][chooser.pick(5)];
  stage.take(Array.from({ length: together }, () => randomCommand(stage, chooser)));
}

/** Anything that may arrive, whether or not it makes sense now. */
function randomCommand(stage: Stage, chooser: Chooser): TreeCommand {
  const kind = chooser.pick(32);
  if (kind < 14 && stage.legIds.length > 0)
    return notification(stage.legIds[chooser.pick(stage.legIds.length)], kind, chooser);
  if (kind < 19) return alarm(stage, chooser);
  if (kind < 25 && stage.questions.length > 0) {
    const question = stage.questions[chooser.pick(stage.questions.length)];
    return new HandleResolutionCommand({
      rootId: ROOT_ID,
      ...question,
      resolution: randomResolution(chooser),
    });
  }
  const groupcallId = stage.groupcallIds[chooser.pick(stage.groupcallIds.length)];
  if (kind === 31) return new HangupCommand({ groupcallId });
  if (kind === 30 && chooser.pick(3) === 0) return new DeleteGroupcallCommand({ groupcallId });
  if (kind === 29) return new HangupOthersCommand({ groupcallId });
  return stage.commands[chooser.pick(stage.commands.length)];
}

function notification(legId: string, kind: number, chooser: Chooser): TreeCommand {
  if (kind < 3) return new HandleRingingCommand({ legId });
  if (kind < 5) return new HandleAnswerCommand({ legId });
  if (kind < 10) {
    return new HandleHangupCommand({
      legId,
      reason: LEG_HANGUP_REASONS[chooser.pick(LEG_HANGUP_REASONS.length)],
    });
  }
  const outcome = kind < 12 ? 'accepted' : kind < 13 ? 'refused' : 'never_placed';
  return new HandleDialOutcomeCommand({ rootId: ROOT_ID, legId, outcome });
}

/** Early, late or in time. */
function alarm(stage: Stage, chooser: Chooser): HandleAlarmCommand {
  const due = nextAlarmOf(stage.tree) ?? stage.now;
  const when = [due, due - 1, due + 1_500, stage.now + 200][chooser.pick(4)];
  stage.now = Math.max(stage.now, when);
  return new HandleAlarmCommand({ rootId: ROOT_ID, now: stage.now });
}

/** The world does its part: questions are answered, alarms ring, calls that are hung up end. Then the tree must end. */
function toTheEnd(stage: Stage): void {
  stage.mayPlanLegs = true;
  for (let rounds = 0; !stage.hasEnded; rounds += 1) {
    must(rounds < 500, 'liveness: the tree ends when the world does its part', () => stage.tree);
    for (const question of stage.questions.splice(0)) {
      stage.take([
        new HandleResolutionCommand({
          rootId: ROOT_ID,
          ...question,
          resolution: { resolved: false, detail: 'unknown' },
        }),
      ]);
    }
    stage.now = Math.max(stage.now, nextAlarmOf(stage.tree) ?? 0);
    stage.take([new HandleAlarmCommand({ rootId: ROOT_ID, now: stage.now })]);
    for (const leg of stage.tree.legs.values()) {
      if (leg.status !== 'hangingup' && leg.status !== 'progressing') continue;
      stage.take([new HandleHangupCommand({ legId: leg.id, reason: 'normal' })]);
    }
  }
  must(nextAlarmOf(stage.tree) === null, 'liveness: a tree that has ended needs no alarm', () => stage.tree);
  for (const { id, status } of stage.tree.groupcalls.values()) {
    must(status === 'hangup', 'I11: the whole tree has ended', () => id);
  }
  for (const { id, status } of stage.tree.legs.values()) {
    must(status === 'hangup', 'I3: no leg is left', () => id);
  }
}
