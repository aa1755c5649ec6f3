/**
 * Wakes a tree at a moment. Only a hint: an alarm may be lost, late or ring twice, the sweep over the database is the
 * guarantee. Not in here on purpose: removing an alarm (a tree that has ended ignores it).
 */
export abstract class AlarmClock {
  /** Wake `rootId` at `at` (epoch ms by the database's clock) or soon after. Never rejects for long: bounded inside. */
  abstract arm(rootId: string, at: number): Promise<void>;

  /** Start ringing: `onAlarm` is called with the root's id, and again when it rejects. */
  abstract start(onAlarm: (rootId: string) => Promise<void>): Promise<void>;

  /** Stop within a few seconds, also when the queue's server does not answer. */
  abstract stop(): Promise<void>;
}
