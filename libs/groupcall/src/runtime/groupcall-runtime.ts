import { Injectable } from '@nestjs/common';
import type { Command } from '@nestjs/cqrs';
import { groupcallNotFound, legNotFound, unavailable } from '../domain/groupcall-error.js';
import type { TreeCommand } from '../domain/tree-command.js';
import type { LegState } from '../domain/tree-state.js';
import { GroupcallStore } from '../ports/groupcall-store.port.js';
import { KeyedMailbox } from './keyed-mailbox.js';
import { ResidentTrees } from './resident-trees.js';
import { TreeTurns, type Envelope } from './tree-turns.js';
import { RuntimeMetrics } from './runtime-metrics.js';

type ResultOf<C> = C extends Command<infer Result> ? Result : never;

/** More than this waiting is an overload: better a clear no than a late yes. */
const MOST_WAITING = 50_000;

/** Takes any command of a tree to the tree's mailbox. The promise resolves when what was decided is durable. */
@Injectable()
export class GroupcallRuntime {
  private readonly residents: ResidentTrees;
  private readonly mailbox: KeyedMailbox<Envelope>;
  private accepting = true;

  constructor(
    private readonly store: GroupcallStore,
    private readonly turns: TreeTurns,
    private readonly metrics: RuntimeMetrics,
  ) {
    this.residents = turns.residents;
    this.mailbox = new KeyedMailbox((rootId, batch) => this.turns.take(rootId, batch));
  }

  /**
   * @throws GroupcallError NOT_FOUND for an unknown id, UNAVAILABLE during shutdown or overload (safe to repeat), and
   * whatever the command's own rules refuse
   */
  async send<C extends TreeCommand>(command: C): Promise<ResultOf<C>> {
    if (!this.accepting) throw unavailable('This process is shutting down. Send the command again.');
    if (this.mailbox.size >= MOST_WAITING)
      throw unavailable('Too many commands are waiting. Send the command again.');
    this.metrics.commands += 1;
    const rootId = await this.rootOf(command);
    return new Promise((resolve, reject) => {
      this.mailbox.post(rootId, { command, resolve: resolve as (result: unknown) => void, reject });
    });
  }

  /** The leg as far as this process knows it; for a last look before an effect, never for a decision. */
  peekLeg(rootId: string, legId: string): LegState | undefined {
    return this.residents.peek(rootId)?.state.legs.get(legId);
  }

  get residentTrees(): number {
    return this.residents.size;
  }

  get waitingCommands(): number {
    return this.mailbox.size;
  }

  /** From now on every command is refused with UNAVAILABLE; those under way are finished. */
  async drain(): Promise<void> {
    this.accepting = false;
    await this.mailbox.whenIdle();
  }

  private async rootOf(command: TreeCommand): Promise<string> {
    if ('rootId' in command) return command.rootId;
    if (command.type === 'create_groupcall') {
      if (!command.input.id)
        throw new Error('A create command needs its id before it is sent to the runtime.');
      return command.input.id;
    }
    const memberId = 'legId' in command ? command.legId : command.groupcallId;
    const resident = this.residents.rootOf(memberId);
    if (resident) return resident;
    if ('legId' in command) {
      const rootId = await this.store.findRootOfLeg(command.legId);
      if (rootId === null) throw legNotFound(command.legId);
      return rootId;
    }
    const rootId = await this.store.findRootOfGroupcall(command.groupcallId);
    if (rootId === null) throw groupcallNotFound(command.groupcallId);
    return rootId;
  }
}
