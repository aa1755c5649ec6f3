import { Injectable } from '@nestjs/common';

import { Distribution } from './distribution.js';

/** Counters of this process since its start; an exporter reads them. They never decide anything. */
@Injectable()
export class RuntimeMetrics {
  /** Root groupcalls made durable. */
  groupcallsCreated = 0;
  /** Root groupcalls that have ended, by hangup reason. */
  readonly groupcallsEnded = new Map<string, number>();
  /** Calls that the gateway has taken. */
  legsDialed = 0;
  /** Legs that have ended, by hangup reason. */
  readonly legsEnded = new Map<string, number>();
  /** From the creation of a root to its answer, ms. */
  readonly timeToAnswer = new Distribution([
    500, 1_000, 2_000, 5_000, 10_000, 20_000, 30_000, 60_000, 120_000,
  ]);
  /** By how much ring time-outs were late, ms. */
  readonly alarmLateness = new Distribution([5, 10, 25, 50, 100, 250, 500, 1_000, 2_000, 5_000, 10_000]);
  /** Turns that shared a commit. */
  readonly commitGroupSize = new Distribution([1, 2, 4, 8, 16, 32, 64, 128]);
  /** Commands taken. */
  commands = 0;
  /** New groupcalls refused at once, because too much was waiting. */
  groupcallsRefused = 0;
  /** Other commands from outside refused for the same reason. */
  commandsRefused = 0;
  /** Times that waiting commands of a tree were decided together. */
  turns = 0;
  /** Groups of turns written. */
  commits = 0;
  /** Turns made durable; divided by `commits` it is the size of a group. */
  committedTurns = 0;
  /** Compare-and-sets lost to another process. */
  conflicts = 0;
  /** Commands sent to the process that has made their tree. */
  commandsForwarded = 0;
  /** Of these: those that did not come back in time, and were decided here. */
  forwardsGivenUp = 0;
  /** Commits whose outcome the database did not tell. */
  unknownCommits = 0;
  /** Orders to the world carried out. */
  effectsDone = 0;
  /** Tries that failed and are made again. */
  effectsRetried = 0;
  /** Effects given up: an operator has to look. */
  effectsDead = 0;
  /** Legs that were not dialled because their target is not allowed (dial policy). */
  dialsForbidden = 0;
  /** Legs that were not dialled because their number was called too often within a minute. */
  dialsOverRate = 0;
  /** Dials put off because the customer had dialled enough in that second. */
  dialsPaced = 0;
  /** Trees whose deadline this process's own timers have brought. */
  alarmsTimed = 0;
  /** Trees that were still due when the queue rang. */
  alarmsRung = 0;
  /** Trees that only the sweep has found due. */
  alarmsSwept = 0;
  /** Notifications that were lost and made up for by the reconciler. */
  reconciled = 0;
  /** Living calls that no committed state wanted: hung up by the reconciler. */
  orphanCalls = 0;
  /** Answers that came after their leg had ended (SPEC 4.4). */
  lateAnswers = 0;
}
