import { Injectable } from '@nestjs/common';

/** Counters of this process since its start; an exporter reads them. They never decide anything. */
@Injectable()
export class RuntimeMetrics {
  commands = 0;
  turns = 0;
  commits = 0;
  /** Turns made durable; divided by `commits` it is the size of a group. */
  committedTurns = 0;
  /** Compare-and-sets lost to another process. */
  conflicts = 0;
  /** Commits whose outcome the database did not tell. */
  unknownCommits = 0;
  effectsDone = 0;
  effectsRetried = 0;
  /** Effects given up: an operator has to look. */
  effectsDead = 0;
  alarmsRung = 0;
  /** Alarms that only the sweep has found. */
  alarmsSwept = 0;
  /** Notifications that were lost and made up for by the reconciler. */
  reconciled = 0;
  /** Living calls that no committed state wanted: hung up by the reconciler. */
  orphanCalls = 0;
  /** Answers that came after their leg had ended (SPEC 4.4). */
  lateAnswers = 0;
}
