import type { Action, Instruction, Point } from './failpoints.js';
import type { HostSettings } from './host.module.js';

/** What the laboratory says to a server under test. */
export type ToServer =
  | { readonly type: 'start'; readonly settings: HostSettings }
  | { readonly type: 'arm'; readonly instruction: Instruction }
  | { readonly type: 'disarm' }
  | { readonly type: 'health' }
  | { readonly type: 'stop' };

/** What a server under test says. */
export type FromServer =
  | { readonly type: 'loaded' }
  | { readonly type: 'ready' }
  /** Has made turns durable by now: its death matters. */
  | { readonly type: 'useful' }
  | { readonly type: 'hit'; readonly point: Point; readonly action: Action }
  | { readonly type: 'health'; readonly health: Health };

export interface Health {
  readonly poolTotal: number;
  readonly poolIdle: number;
  readonly poolWaiting: number;
  readonly rss: number;
}
