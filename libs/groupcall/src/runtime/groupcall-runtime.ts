import { Injectable } from '@nestjs/common';
import type { Command } from '@nestjs/cqrs';
import { withCanonicalIds } from '../domain/canonical-id.js';
import { groupcallNotFound, legNotFound, unavailable } from '../domain/groupcall-error.js';
import { baseOf } from '../domain/member-id.js';
import type { TreeCommand } from '../domain/tree-command.js';
import type { LegState } from '../domain/tree-state.js';
import { GroupcallStore } from '../ports/groupcall-store.port.js';
import { NoTracer, Tracer } from '../ports/tracer.port.js';
import { CommandForwarder } from './command-forwarder.js';
import { Envelope } from './envelope.js';
import { KeyedMailbox } from './keyed-mailbox.js';
import { LoadGate } from './load-gate.js';
import { LoadReader } from './load-reader.js';
import { ResidentTrees } from './resident-trees.js';
import { TreeTurns } from './tree-turns.js';
import type { Peer } from './peers.js';
import { RuntimeMetrics } from './runtime-metrics.js';

type ResultOf<C> = C extends Command<infer Result> ? Result : never;

/** Takes any command of a tree to the tree's mailbox. The promise resolves when what was decided is durable. */
@Injectable()
export class GroupcallRuntime {
  private readonly residents: ResidentTrees;
  private readonly mailbox: KeyedMailbox<Envelope>;
  private accepting = true;

  constructor(
    private readonly store: GroupcallStore,
    private readonly turns: TreeTurns,
    private readonly reader: LoadReader,
    private readonly gate: LoadGate,
    private readonly metrics: RuntimeMetrics,
    private readonly forwarder: CommandForwarder,
    private readonly tracer: Tracer = new NoTracer(),
  ) {
    this.residents = turns.residents;
    this.mailbox = new KeyedMailbox(
      (rootId, batch, more) => this.turns.take(rootId, batch, more),
      () => this.turns.room(),
      () => this.turns.gathered(),
    );
  }

  /**
   * Has a tree take a command; resolves with its result when what was decided is durable.
   * @throws GroupcallError INVALID_ARGUMENT for what is no id, NOT_FOUND for an unknown one, UNAVAILABLE during shutdown or
   * overload (safe to repeat), and whatever the command's own rules refuse
   */
  send<C extends TreeCommand>(sent: C): Promise<ResultOf<C>> {
    return this.tracer.isOn ? this.traced(sent, true) : this.checked(sent, true);
  }

  /** The same for what a peer has sent: it never travels on. */
  takeHere<C extends TreeCommand>(sent: C): Promise<ResultOf<C>> {
    return this.tracer.isOn ? this.traced(sent, false) : this.checked(sent, false);
  }

  /**
   * {@link send} for what this library tells itself: ids are in their stored form. Without a promise, since every call that
   * is placed comes this way: either of the two is called, once.
   */
  tell(command: TreeCommand, done: (result: unknown) => void, failed: (error: unknown) => void): void {
    if (this.tracer.isOn) this.traced(command, true).then(done, failed);
    else this.enter(command, true, done, failed);
  }

  /** The leg as far as this process knows it; for a last look before an effect, never for a decision. */
  peekLeg(rootId: string, legId: string): LegState | undefined {
    return this.residents.peek(rootId)?.state.legs.get(legId);
  }

  /** Trees that this process remembers. */
  get residentTrees(): number {
    return this.residents.size;
  }

  /** Commands that wait for their tree. */
  get waitingCommands(): number {
    return this.gate.waiting;
  }

  /** Trees without a turn for a moment need less memory, until the next one. @returns whether there may be more of them */
  packIdle(): boolean {
    return this.residents.packIdle();
  }

  /** Trees without a turn for a long time leave the memory; the next turn loads them again. */
  forgetIdle(): void {
    this.residents.forgetIdle();
  }

  /** From now on every command is refused with UNAVAILABLE; those under way are finished. */
  async drain(): Promise<void> {
    this.accepting = false;
    await this.mailbox.whenIdle();
  }

  private async traced<C extends TreeCommand>(sent: C, mayTravel: boolean): Promise<ResultOf<C>> {
    const command = withCanonicalIds(sent);
    return this.tracer.command(command, () => this.take(command, mayTravel));
  }

  private checked<C extends TreeCommand>(sent: C, mayTravel: boolean): Promise<ResultOf<C>> {
    let command: C;
    try {
      command = withCanonicalIds(sent);
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
    return this.take(command, mayTravel);
  }

  /** One promise for the whole way: every command takes it. */
  private take<C extends TreeCommand>(command: C, mayTravel: boolean): Promise<ResultOf<C>> {
    return new Promise<ResultOf<C>>((resolve, reject) =>
      this.enter(command, mayTravel, resolve as (result: unknown) => void, reject),
    );
  }

  private enter(
    command: TreeCommand,
    mayTravel: boolean,
    done: (result: unknown) => void,
    failed: (error: unknown) => void,
  ): void {
    let envelope: Envelope | undefined;
    try {
      if (!this.accepting) throw unavailable('This process is shutting down. Send the command again.');
      const entered = this.gate.enter(command.type);
      envelope = new Envelope(command, this.gate, entered, done, failed);
      this.metrics.commands += 1;
      const peer = mayTravel ? this.forwarder.peerFor(command) : undefined;
      if (peer) this.forward(peer, envelope);
      else this.post(envelope);
    } catch (error) {
      if (envelope) envelope.reject(error);
      else failed(error);
    }
  }

  private forward(peer: Peer, envelope: Envelope): void {
    const done = (result: unknown) => envelope.resolve(result);
    this.forwarder.forward(peer, envelope.command, done, () => this.post(envelope));
  }

  private post(envelope: Envelope): void {
    const rootId = this.rootOf(envelope.command);
    if (rootId !== undefined) this.mailbox.post(rootId, envelope);
    else this.postToStored(envelope);
  }

  /** @returns undefined when neither the command itself nor this process's memory says it: hardly ever */
  private rootOf(command: TreeCommand): string | undefined {
    if ('rootId' in command) return command.rootId;
    if (command.type === 'create_groupcall') {
      if (!command.input.id)
        throw new Error('A create command needs its id before it is sent to the runtime.');
      return command.input.id;
    }
    const memberId = 'legId' in command ? command.legId : command.groupcallId;
    const known = this.residents.rootOf(memberId);
    if (known !== undefined) return known;
    // Its first turn is durable, and whoever waits for that is only just being told: the first calls are placed already.
    const base = baseOf(memberId);
    return this.mailbox.isBusy(base) ? base : undefined;
  }

  private postToStored(envelope: Envelope): void {
    this.storedRootOf(envelope.command as { legId: string } | { groupcallId: string }).then(
      (rootId) => this.mailbox.post(rootId, envelope),
      (error: unknown) => envelope.reject(error),
    );
  }

  private async storedRootOf(command: { legId: string } | { groupcallId: string }): Promise<string> {
    if ('legId' in command) {
      const rootId = await this.reader.rootOfLeg(command.legId);
      if (rootId === null) throw legNotFound(command.legId);
      return rootId;
    }
    const rootId = await this.store.findRootOfGroupcall(command.groupcallId);
    if (rootId === null) throw groupcallNotFound(command.groupcallId);
    return rootId;
  }
}
