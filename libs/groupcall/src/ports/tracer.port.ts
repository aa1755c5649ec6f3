import type { Effect } from '../domain/effect.js';
import type { TreeCommand } from '../domain/tree-command.js';
import type { ClaimedEffect } from './effect-outbox.port.js';
import type { TreeTurn, TurnOutcome } from './groupcall-store.port.js';

/** Where a command of another process came from: W3C `traceparent`, ids only. */
export type TraceParent = string;

/**
 * Shows what a command has led to and how long each part of it took. Knows ids, kinds and counts, and never an address.
 * Whoever calls looks at {@link isOn} first, so that nothing is made for nobody.
 */
export abstract class Tracer {
  /** False: nothing of the rest may be called. Never changes. */
  abstract readonly isOn: boolean;

  /** A command on its way, until what was decided is durable. */
  abstract command<T>(command: TreeCommand, work: () => Promise<T>): Promise<T>;

  /** The turn that takes these commands. */
  abstract turn(rootId: string, commands: readonly TreeCommand[], work: () => Promise<void>): Promise<void>;

  /** In a turn: this command was decided and wanted the effects from `first` on. Deciding again says it again. */
  abstract wanted(command: TreeCommand, effects: readonly Effect[], first: number): void;

  /** In a turn: this is what waits for its commit. */
  abstract waits(turn: TreeTurn): void;

  /** The commit of what was waiting. */
  abstract commit(turns: readonly TreeTurn[], work: () => Promise<TurnOutcome[]>): Promise<TurnOutcome[]>;

  /** One try of an effect. */
  abstract effect(claimed: ClaimedEffect, work: () => Promise<void>): Promise<void>;

  /** A command that is carried out in another process. @param send is told what to take along */
  abstract sending<T>(name: string, send: (parent: TraceParent | undefined) => Promise<T>): Promise<T>;

  /** A command that comes from another process. @param parent whatever was in the message */
  abstract received<T>(parent: unknown, work: () => Promise<T>): Promise<T>;
}

/** Nobody looks. */
export class NoTracer extends Tracer {
  override readonly isOn = false;

  override command<T>(_: TreeCommand, work: () => Promise<T>): Promise<T> {
    return work();
  }
  override turn(_: string, __: readonly TreeCommand[], work: () => Promise<void>): Promise<void> {
    return work();
  }
  override wanted(): void {}
  override waits(): void {}
  override commit(_: readonly TreeTurn[], work: () => Promise<TurnOutcome[]>): Promise<TurnOutcome[]> {
    return work();
  }
  override effect(_: ClaimedEffect, work: () => Promise<void>): Promise<void> {
    return work();
  }
  override sending<T>(_: string, send: (parent: TraceParent | undefined) => Promise<T>): Promise<T> {
    return send(undefined);
  }
  override received<T>(_: unknown, work: () => Promise<T>): Promise<T> {
    return work();
  }
}
