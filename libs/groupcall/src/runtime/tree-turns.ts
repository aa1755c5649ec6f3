import { Inject, Injectable, Logger } from '@nestjs/common';
import { decideOn } from '../domain/decide.js';
import { settled } from '../domain/evolve.js';
import { GroupcallError, unavailable } from '../domain/groupcall-error.js';
import { emptyTree, type TreeState } from '../domain/tree-state.js';
import { Turn } from '../domain/turn.js';
import { GROUPCALL_OPTIONS, type ResolvedOptions } from '../groupcall.options.js';
import { Clock } from '../ports/clock.port.js';
import type { IdempotencyRecord, TreeFound, TreeTurn, TurnOutcome } from '../ports/groupcall-store.port.js';
import { Timers } from '../ports/timers.port.js';
import { NoTracer, Tracer } from '../ports/tracer.port.js';
import { AlarmSetter } from './alarm-setter.js';
import { backoff } from './backoff.js';
import { CommitWriter } from './commit-writer.js';
import { countEvents } from './count-events.js';
import type { Envelope } from './envelope.js';
import { LoadReader } from './load-reader.js';
import { requestFingerprint } from './request-fingerprint.js';
import { ResidentTrees } from './resident-trees.js';
import { OutboxSignal } from './outbox-signal.js';
import { RuntimeMetrics } from './runtime-metrics.js';

/** The idempotency key was used a moment ago: whoever sent the command looks up for what. */
export class IdempotencyKeyTaken extends Error {
  override readonly name = 'IdempotencyKeyTaken';
}

/** What the sender will be told once the turn is durable. */
type Answer = { readonly result: unknown } | { readonly error: unknown };

/** A turn that loses its compare-and-set this often in a row gives up; each loss means that somebody else got on. */
const MOST_CONFLICTS = 20;
const MOST_UNKNOWN = 4;
/** For how many turns a tree on which others work is compared with the store before it is decided on. */
const DOUBT = 2;

/** Load, decide, commit, and decide again when somebody else was faster (DESIGN, decision 2). */
@Injectable()
export class TreeTurns {
  readonly residents: ResidentTrees;
  private readonly logger = new Logger('Groupcall');

  constructor(
    private readonly reader: LoadReader,
    private readonly writer: CommitWriter,
    private readonly clock: Clock,
    private readonly alarms: AlarmSetter,
    private readonly metrics: RuntimeMetrics,
    private readonly timers: Timers,
    private readonly outbox: OutboxSignal,
    @Inject(GROUPCALL_OPTIONS) private readonly options: ResolvedOptions,
    private readonly tracer: Tracer = new NoTracer(),
  ) {
    const { residentTrees, residentIdle } = options.capacity;
    this.residents = new ResidentTrees(residentTrees, residentIdle, () => clock.now());
  }

  /**
   * To be waited for before the first turn of a tree that has rested. What a burst brings – ten calls placed, and the answer
   * of one – is one turn then instead of two, and the answer does not wait for the commit of the first.
   */
  gathered(): Promise<void> {
    return this.timers.soon();
  }

  /** To be waited for before a turn, one for one: decided too early, it would miss what arrives before its commit. */
  room(): Promise<void> | undefined {
    return this.writer.room();
  }

  /**
   * One turn: all commands that wait for the tree, decided in order and committed together; there must be
   * {@link room} for it. Never rejects.
   * @param more what has come meanwhile, added to the batch: it shares the next try
   */
  async take(rootId: string, batch: Envelope[], more: () => Envelope[] = () => []): Promise<void> {
    try {
      if (this.tracer.isOn) await this.traced(rootId, batch, more);
      else await this.untilDurable(rootId, batch, more);
    } catch (error) {
      this.residents.forget(rootId);
      this.logger.error(`Turn of tree ${rootId} failed: ${describe(error)}`);
      const told =
        error instanceof GroupcallError
          ? error
          : unavailable('The outcome is not known. Send the command again.');
      for (const envelope of batch) envelope.reject(told);
    }
  }

  private traced(rootId: string, batch: Envelope[], more: () => Envelope[]): Promise<void> {
    const commands = batch.map(({ command }) => command);
    return this.tracer.turn(rootId, commands, () => this.untilDurable(rootId, batch, more));
  }

  private async untilDurable(rootId: string, batch: Envelope[], more: () => Envelope[]): Promise<void> {
    let mayPlanLegs = true;
    let conflicts = 0;
    let unknown = 0;
    let isDecided = false;
    let open = [...batch];
    let basis: Basis | null = this.remembered(rootId, open);
    while (open.length > 0) {
      let outcome: TurnOutcome | 'stale';
      try {
        let attempt: Attempt;
        try {
          if (!basis) {
            // What comes after the look cannot rest on it.
            open.push(...more());
            basis = await this.read(rootId, open);
          }
          attempt = this.decide(rootId, open, basis, mayPlanLegs);
        } finally {
          if (!isDecided) this.writer.decided();
          isDecided = true;
        }
        const result = await this.makeDurable(rootId, open, attempt, unknown > 0);
        if (result === 'committed') {
          open.forEach((envelope, index) => tell(envelope, attempt.answers[index]));
          return;
        }
        outcome = typeof result === 'object' ? 'stale' : result;
        if (typeof result === 'object') basis = result;
        else if (result !== 'over_limit') basis = null;
      } catch (error) {
        this.residents.forget(rootId);
        basis = null;
        unknown += 1;
        if (unknown >= MOST_UNKNOWN) throw error;
        this.logger.warn(`Store did not answer for tree ${rootId}, trying again: ${describe(error)}`);
        await this.timers.wait(backoff(unknown, rootId, 50, 1_000));
        continue;
      }
      if (outcome === 'over_limit') {
        mayPlanLegs = false;
      } else if (outcome === 'duplicate_key') {
        for (const envelope of open.filter(isCreate)) envelope.reject(new IdempotencyKeyTaken());
        open = open.filter((envelope) => !isCreate(envelope));
      } else {
        if (outcome === 'conflict') this.metrics.conflicts += 1;
        conflicts += 1;
        if (conflicts >= MOST_CONFLICTS)
          throw unavailable('Too many others change this groupcall. Send the command again.');
        if (conflicts > 2) await this.timers.wait(backoff(conflicts - 2, rootId, 5, 100));
      }
    }
  }

  /** What can be decided on without a look at the store, if anything. */
  private remembered(rootId: string, open: readonly Envelope[]): Basis | null {
    const resident = this.residents.peek(rootId);
    if (resident) {
      if (resident.doubt > 0) return null;
      return { before: resident.state, isFresh: false, doubt: 0 };
    }
    // Nothing can be stored yet: not worth a look.
    if (!open.some(isNew)) return null;
    return { before: emptyTree(rootId, customerOf(open)), isFresh: true, doubt: 0 };
  }

  private async read(rootId: string, open: readonly Envelope[]): Promise<Basis> {
    const resident = this.residents.peek(rootId);
    const found = await this.reader.tree(rootId, resident?.state.version ?? 0);
    if (found === 'unchanged' && resident)
      return { before: resident.state, isFresh: true, doubt: Math.max(0, resident.doubt - 1) };
    return othersHave(rootId, found, open);
  }

  private decide(rootId: string, open: Envelope[], basis: Basis, mayPlanLegs: boolean): Attempt {
    const { before } = basis;
    const broken = new Set<number>();
    for (;;) {
      const turn = new Turn(before, {
        now: this.momentOf(open),
        limits: this.options.limits,
        mayPlanLegs,
        isSilent: this.outbox.isSilent,
      });
      const answers: Answer[] = [];
      let restart = false;
      for (let index = 0; index < open.length; index += 1) {
        const { command } = open[index];
        if (broken.has(index)) {
          answers.push({ error: new Error(`Deciding ${command.type} failed; nothing of it is stored.`) });
          continue;
        }
        const first = turn.effects.length;
        try {
          answers.push({ result: decideOn(turn, command) });
          if (this.tracer.isOn) this.tracer.wanted(command, turn.effects, first);
        } catch (error) {
          if (error instanceof GroupcallError) {
            // Rules refuse before they tell the turn anything.
            answers.push({ error });
            continue;
          }
          // A defect of ours may have left half a decision behind: decide again without this command.
          this.logger.error(`Deciding ${command.type} on tree ${rootId} failed: ${describe(error)}`);
          broken.add(index);
          restart = true;
          break;
        }
      }
      if (!restart) return { basis, turn, answers };
    }
  }

  /** When the turn is decided: not before what an alarm has been told. */
  private momentOf(open: readonly Envelope[]): number {
    let now = this.clock.now();
    for (const { command } of open)
      if (command.type === 'handle_alarm' && command.now > now) now = command.now;
    return now;
  }

  /**
   * @param isDoubtful what was tried before may have been stored all the same
   * @returns what the turn must be decided on instead, when that has shown
   */
  private async makeDurable(
    rootId: string,
    open: Envelope[],
    attempt: Attempt,
    isDoubtful: boolean,
  ): Promise<TurnOutcome | Basis> {
    const { basis, turn } = attempt;
    const { before } = basis;
    this.metrics.turns += 1;
    if (turn.events.length === 0 && turn.effects.length === 0) {
      // Memory may be behind what another process has committed; then "nothing to do" is not to be trusted.
      if (!basis.isFresh && !isSure(open, attempt.answers)) {
        const found = await this.reader.tree(rootId, before.version);
        if (found !== 'unchanged') return othersHave(rootId, found, open);
      }
      if (isDoubtful) this.alarms.set(before);
      if (before.version > 0) this.residents.keep(rootId, { state: before, doubt: basis.doubt });
      return 'committed';
    }
    const after = settled(turn.state, before.version + 1);
    const decided: TreeTurn = {
      before,
      after,
      effects: turn.effects,
      idempotency: before.version === 0 ? idempotencyOf(open, attempt.answers) : undefined,
    };
    if (this.tracer.isOn) this.tracer.waits(decided);
    const outcome = await this.writer.commit(decided);
    if (outcome !== 'committed') return outcome;
    countEvents(this.metrics, turn.events, before, after);
    this.alarms.set(after, isDoubtful ? undefined : before);
    this.residents.keep(rootId, { state: after, doubt: basis.doubt });
    return outcome;
  }
}

/** What a turn is decided on. */
interface Basis {
  readonly before: TreeState;
  /** Read after the commands had come: what it says of them is true. */
  readonly isFresh: boolean;
  /** See {@link ResidentTree}. */
  readonly doubt: number;
}

interface Attempt {
  readonly basis: Basis;
  readonly turn: Turn;
  readonly answers: readonly Answer[];
}

function othersHave(rootId: string, found: TreeFound, open: readonly Envelope[]): Basis {
  const before = found === null || found === 'unchanged' ? emptyTree(rootId, customerOf(open)) : found;
  return { before, isFresh: true, doubt: before.version === 0 ? 0 : DOUBT };
}

function tell(envelope: Envelope, answer: Answer): void {
  if ('error' in answer) envelope.reject(answer.error);
  else envelope.resolve(answer.result);
}

/**
 * That the gateway has accepted a call changes nothing unless its leg is still planned, and legs only go forward: what
 * memory says of it stays true, however old it is.
 */
function isSure(open: readonly Envelope[], answers: readonly Answer[]): boolean {
  return open.every(
    ({ command }, index) =>
      command.type === 'handle_dial_outcome' && command.outcome === 'accepted' && 'result' in answers[index],
  );
}

function isCreate({ command }: Envelope): boolean {
  return command.type === 'create_groupcall';
}

/** Nothing can be stored yet: not worth a look. */
function isNew({ command }: Envelope): boolean {
  return command.type === 'create_groupcall' && command.isNew;
}

function customerOf(open: readonly Envelope[]): string {
  for (const { command } of open) {
    if (command.type === 'create_groupcall') return String(command.input.customerId).toLowerCase();
  }
  return '';
}

/** The key of the create command that made the tree, if it had one. */
function idempotencyOf(open: readonly Envelope[], answers: readonly Answer[]): IdempotencyRecord | undefined {
  for (const [index, { command }] of open.entries()) {
    if (command.type !== 'create_groupcall' || 'error' in answers[index]) continue;
    const { idempotencyKey: key } = command.input;
    return key === undefined ? undefined : { key, fingerprint: requestFingerprint(command.input) };
  }
  return undefined;
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
