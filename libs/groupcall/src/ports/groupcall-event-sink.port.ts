import type { PublicEvent } from '../domain/effect.js';

/**
 * Where public events go besides the EventBus: at least once, in order of `sequence` within a tree, after the commit
 * that made them. A rejected promise is retried with back-off and holds back the later events of that tree.
 */
export abstract class GroupcallEventSink {
  /** Resolve when it is stored; an event may come again with the same `id`. */
  abstract deliver(event: PublicEvent): Promise<void>;
}

/** For hosts that listen on the EventBus only. */
export class NoEventSink extends GroupcallEventSink {
  override deliver(): Promise<void> {
    return Promise.resolve();
  }
}
