import { GroupcallError } from '../../libs/groupcall/src/domain/groupcall-error.js';
import type { decideOn } from '../../libs/groupcall/src/domain/decide.js';
import type { Destination } from '../../libs/groupcall/src/domain/destination.js';
import { evolve, settled, type TreeDraft } from '../../libs/groupcall/src/domain/evolve.js';
import type { TreeCommand } from '../../libs/groupcall/src/domain/tree-command.js';
import type { TreeEvent } from '../../libs/groupcall/src/domain/tree-event.js';
import { emptyTree, isUndecided, type TreeState } from '../../libs/groupcall/src/domain/tree-state.js';
import { Turn, type TreeLimits } from '../../libs/groupcall/src/domain/turn.js';
import { must } from './broken-rule.js';
import { CUSTOMER, ROOT_ID } from './random-setting.js';
import { Shadow } from './shadow.js';
import { checkState } from './state-rules.js';

export type Decide = typeof decideOn;

/** Something that the directory was asked for. */
export interface Question {
  readonly groupcallId: string;
  readonly index: number;
  readonly destination: Destination;
}

/** One tree, the commands it is given, and every rule looked at after each of them. */
export class Stage {
  tree: TreeState = emptyTree(ROOT_ID, CUSTOMER);
  now = Date.UTC(2026, 0, 1);
  mayPlanLegs = true;
  readonly commands: TreeCommand[] = [];
  readonly questions: Question[] = [];
  legIds: string[] = [];
  groupcallIds: string[] = [];
  private readonly shadow = new Shadow();
  private readonly history: TreeEvent[] = [];

  /** @param thorough also check what costs much: that nothing is changed in place, and that the events tell it all */
  constructor(
    private readonly limits: TreeLimits,
    private readonly thorough: boolean,
    private readonly rules: Decide,
  ) {}

  get hasEnded(): boolean {
    return this.tree.groupcalls.get(ROOT_ID)!.status === 'hangup';
  }

  /** Decides these commands together, as one turn. */
  take(commands: readonly TreeCommand[]): void {
    const before = this.tree;
    if (this.thorough) freeze(before);
    const turn = new Turn(before, this.context);
    for (const command of commands)
      this.decide(turn, command, commands.length === 1 ? before : copyOf(turn.state));
    this.tree = settled(turn.state, before.version + 1);
    this.legIds = [...this.tree.legs.keys()];
    this.groupcallIds = [...this.tree.groupcalls.keys()];
    for (const effect of turn.effects) {
      if (effect.kind === 'resolve') this.questions.push(effect);
    }
    checkState(before, this.tree, this.shadow, this.limits);
    if (this.thorough) this.checkRepeat(commands[commands.length - 1]);
    if (this.thorough) this.history.push(...turn.events);
  }

  /** The events of a whole life, told to an empty tree, make the tree that was decided on. */
  checkReplay(): void {
    if (!this.thorough) return;
    const told = this.history.reduce(evolve, emptyTree(ROOT_ID, CUSTOMER));
    must(asText(told) === asText(this.tree), 'the events tell the whole state', () => this.history);
  }

  /** What had happened, one command a line. */
  story(): string {
    return this.commands.map((command) => JSON.stringify(command)).join('\n');
  }

  private get context() {
    return { now: this.now, limits: this.limits, mayPlanLegs: this.mayPlanLegs };
  }

  private decide(turn: Turn, command: TreeCommand, before: TreeState): void {
    this.commands.push(command);
    const [events, effects] = [turn.events.length, turn.effects.length];
    let result: unknown;
    try {
      result = this.rules(turn, command);
    } catch (error) {
      if (!(error instanceof GroupcallError)) throw error;
      checkRefusal(command, error, before);
      must(
        turn.events.length === events && turn.effects.length === effects,
        'I18: what is refused leaves nothing behind',
        () => command,
      );
      return;
    }
    this.shadow.see(command, before, turn.state, turn.effects.slice(effects), result, turn.now);
    this.checkDone(command, turn.state);
  }

  /** What the sender of a command may rely on. */
  private checkDone(command: TreeCommand, after: TreeState): void {
    if (command.type === 'handle_alarm') {
      const late = [...after.legs.values()].filter(
        (leg) => isUndecided(leg) && leg.dialDeadline <= command.now,
      );
      must(late.length === 0, 'I13: nobody rings longer than the ring time', () => late);
    }
    if (command.type === 'delete_groupcall') {
      const left = [...after.groupcalls.values()].filter(({ tmDelete }) => tmDelete === null);
      must(left.length === 0, 'a deleted groupcall is deleted with all below it', () => left);
    }
    if (command.type === 'hangup_others') {
      const rings = [...after.legs.values()].some(isUndecided);
      must(this.shadow.winner === null || !rings, 'only the winner is kept', () => command);
    }
  }

  /** I12: the same command once more, at once, changes nothing and asks nothing of the world. */
  private checkRepeat(command: TreeCommand): void {
    if (command.type === 'handle_answer') return;
    const turn = new Turn(this.tree, this.context);
    try {
      this.rules(turn, command);
    } catch (error) {
      if (error instanceof GroupcallError) return;
      throw error;
    }
    must(turn.events.length === 0 && turn.effects.length === 0, 'I12: a repeat changes nothing', () => [
      command,
      turn.events,
    ]);
  }
}

function checkRefusal(command: TreeCommand, { reason }: GroupcallError, before: TreeState): void {
  const isAnswered = before.winnerLegId !== null;
  const may =
    (reason === 'RESOURCE_EXHAUSTED' && command.type === 'create_groupcall') ||
    (reason === 'CONFLICT' && command.type === 'delete_groupcall' && command.groupcallId !== ROOT_ID) ||
    (reason === 'CONFLICT' && command.type === 'hangup_others' && !isAnswered);
  must(may, 'I18: only what contradicts the tree is refused', () => [reason, command]);
}

function asText({ groupcalls, legs, eventSequence, winnerLegId, lateAnswers }: TreeState): string {
  return JSON.stringify([[...groupcalls], [...legs], eventSequence, winnerLegId, lateAnswers]);
}

/** A decision that changed the state in place would be caught by the runtime. */
function freeze(tree: TreeState): void {
  for (const groupcall of tree.groupcalls.values()) {
    Object.freeze(groupcall);
    Object.freeze(groupcall.slots);
  }
  for (const leg of tree.legs.values()) Object.freeze(leg);
}

/** A draft goes on changing what it has changed before. */
function copyOf(draft: TreeDraft): TreeState {
  const copies = <T extends object>(of: ReadonlyMap<string, T>) =>
    new Map([...of].map(([id, one]) => [id, { ...one }]));
  return { ...settled(draft, draft.version), groupcalls: copies(draft.groupcalls), legs: copies(draft.legs) };
}
