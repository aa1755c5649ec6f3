import { Inject, Injectable, Logger } from '@nestjs/common';
import { decideOn } from '../domain/decide.js';
import { GroupcallError, unavailable } from '../domain/groupcall-error.js';
import type { TreeCommand } from '../domain/tree-command.js';
import { emptyTree, type TreeState } from '../domain/tree-state.js';
import { Turn } from '../domain/turn.js';
import { GROUPCALL_OPTIONS, type ResolvedOptions } from '../groupcall.options.js';
import { Clock } from '../ports/clock.port.js';
import { GroupcallStore, type IdempotencyRecord, type TurnOutcome } from '../ports/groupcall-store.port.js';
import { Timers } from '../ports/timers.port.js';
import { AlarmSetter } from './alarm-setter.js';
import { backoff } from './backoff.js';
import { CommitWriter } from './commit-writer.js';
import { OutboxSignal } from './outbox-signal.js';
import { requestFingerprint } from './request-fingerprint.js';
import { ResidentTrees } from './resident-trees.js';
import { RuntimeMetrics } from './runtime-metrics.js';

/** A command on its way, and its sender. */
export interface Envelope {
  readonly command: TreeCommand;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** The idempotency key was used a moment ago: whoever sent the command looks up for what. */
export class IdempotencyKeyTaken extends Error {
  override readonly name = 'IdempotencyKeyTaken';
}

/** What the sender will be told once the turn is durable. */
type Answer = { readonly result: unknown } | { readonly error: unknown };

/** A turn that loses its compare-and-set this often in a row gives up; each loss means that somebody else got on. */
const MOST_CONFLICTS = 20;
const MOST_UNKNOWN = 4;

/** Load, decide, commit, and decide again when somebody else was faster (DESIGN, decision 2). */
@Injectable()
export class TreeTurns {
  readonly residents = new ResidentTrees();
  private readonly logger = new Logger('Groupcall');

  constructor(
    private readonly store: GroupcallStore,
    private readonly writer: CommitWriter,
    private readonly clock: Clock,
    private readonly alarms: AlarmSetter,
    private readonly outbox: OutboxSignal,
    private readonly metrics: RuntimeMetrics,
    private readonly timers: Timers,
    @Inject(GROUPCALL_OPTIONS) private readonly options: ResolvedOptions,
  ) {}

  /** One turn: all commands that wait for the tree, decided in order and committed together. Never rejects. */
  async take(rootId: string, batch: Envelope[]): Promise<void> {
    try {
      await this.untilDurable(rootId, batch);
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

  private async untilDurable(rootId: string, batch: Envelope[]): Promise<void> {
    let mayPlanLegs = true;
    let conflicts = 0;
    let unknown = 0;
    let open = batch;
    while (open.length > 0) {
      let outcome: TurnOutcome | 'stale';
      try {
        const attempt = await this.decide(rootId, open, mayPlanLegs);
        outcome = await this.makeDurable(rootId, open, attempt);
        if (outcome === 'committed') {
          open.forEach((envelope, index) => tell(envelope, attempt.answers[index]));
          return;
        }
      } catch (error) {
        this.residents.forget(rootId);
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
        this.residents.forget(rootId);
        if (outcome === 'conflict') this.metrics.conflicts += 1;
        conflicts += 1;
        if (conflicts >= MOST_CONFLICTS)
          throw unavailable('Too many others change this groupcall. Send the command again.');
        if (conflicts > 2) await this.timers.wait(backoff(conflicts - 2, rootId, 5, 100));
      }
    }
  }

  private async decide(rootId: string, open: Envelope[], mayPlanLegs: boolean): Promise<Attempt> {
    const resident = this.residents.peek(rootId);
    const before = resident?.state ?? (await this.store.load(rootId)) ?? emptyTree(rootId, customerOf(open));
    const broken = new Set<number>();
    for (;;) {
      const now = Math.max(
        this.clock.now(),
        ...open.map(({ command }) => ('now' in command ? command.now : 0)),
      );
      const turn = new Turn(before, { now, limits: this.options.limits, mayPlanLegs });
      const answers: Answer[] = [];
      let restart = false;
      for (const [index, { command }] of open.entries()) {
        if (broken.has(index)) {
          answers.push({ error: new Error(`Deciding ${command.type} failed; nothing of it is stored.`) });
          continue;
        }
        try {
          answers.push({ result: decideOn(turn, command) });
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
      if (!restart) return { before, turn, answers, fromMemory: resident !== undefined };
    }
  }

  private async makeDurable(
    rootId: string,
    open: Envelope[],
    attempt: Attempt,
  ): Promise<TurnOutcome | 'stale'> {
    const { before, turn } = attempt;
    this.metrics.turns += 1;
    const rang = open.some(({ command }) => command.type === 'handle_alarm');
    if (turn.events.length === 0 && turn.effects.length === 0) {
      // Memory may be behind what another process has committed; then "nothing to do" is not to be trusted.
      if (attempt.fromMemory && (await this.store.versionOf(rootId)) !== before.version) return 'stale';
      if (before.version > 0) this.keep(rootId, before, rang, turn.now);
      return 'committed';
    }
    const after: TreeState = { ...turn.state, version: before.version + 1 };
    const outcome = await this.writer.commit({
      before,
      after,
      effects: turn.effects,
      idempotency: before.version === 0 ? idempotencyOf(open, attempt.answers) : undefined,
    });
    if (outcome !== 'committed') return outcome;
    this.metrics.lateAnswers += after.lateAnswers - before.lateAnswers;
    this.keep(rootId, after, rang, turn.now);
    if (turn.effects.length > 0) this.outbox.nudge();
    return outcome;
  }

  private keep(rootId: string, state: TreeState, alarmRang: boolean, now: number): void {
    const armedAt = alarmRang ? null : (this.residents.peek(rootId)?.armedAt ?? null);
    this.residents.keep(rootId, { state, armedAt: this.alarms.set(state, armedAt, now) });
  }
}

interface Attempt {
  readonly before: TreeState;
  readonly turn: Turn;
  readonly answers: readonly Answer[];
  readonly fromMemory: boolean;
}

function tell(envelope: Envelope, answer: Answer): void {
  if ('error' in answer) envelope.reject(answer.error);
  else envelope.resolve(answer.result);
}

function isCreate({ command }: Envelope): boolean {
  return command.type === 'create_groupcall';
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
