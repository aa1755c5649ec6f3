/**
 * Rings at moments for which somebody has set it. Only a hint: an alarm may be lost, late or ring twice, the sweep over
 * the database is the guarantee. Not in here on purpose: removing an alarm (with nothing due it changes nothing).
 */
export abstract class AlarmClock {
  /**
   * Ring at `at` (epoch ms by the database's clock) or soon after; once for all who set the same moment in the future.
   * Bounded inside: takes a few seconds at most.
   * @param rootId one tree for which it is set: it is named when it rings, and where people look at the queue
   * @returns false when it is not known to be set
   */
  abstract arm(rootId: string, at: number): Promise<boolean>;

  /**
   * Start ringing: `onAlarm` is called with the tree that the alarm names, and has to see to every tree that is due. It
   * is called again when it rejects.
   */
  abstract start(onAlarm: (rootId: string) => Promise<void>): Promise<void>;

  /** Stop within a few seconds, also when the queue's server does not answer. */
  abstract stop(): Promise<void>;
}
