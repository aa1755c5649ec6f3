import { Inject, Injectable, Logger } from '@nestjs/common';
import { settled } from '../domain/evolve.js';
import { GroupcallError, unavailable } from '../domain/groupcall-error.js';
import { GROUPCALL_OPTIONS, type ResolvedOptions } from '../groupcall.options.js';
import { Clock } from '../ports/clock.port.js';
import type { IdempotencyRecord, TreeTurn, TurnOutcome } from '../ports/groupcall-store.port.js';
import { Timers } from '../ports/timers.port.js';
import { NoTracer, Tracer } from '../ports/tracer.port.js';
import { AlarmSetter } from './alarm-setter.js';
import { backoff } from './backoff.js';
import { CommitWriter } from './commit-writer.js';
import { countEvents } from './count-events.js';
import type { Envelope } from './envelope.js';
import { LoadReader } from './load-reader.js';
import { OutboxSignal } from './outbox-signal.js';
import { reasonText } from './reason-text.js';
import { requestFingerprint } from './request-fingerprint.js';
import { ResidentTrees } from './resident-trees.js';
import { RuntimeMetrics } from './runtime-metrics.js';
import { TurnBasis, type Basis } from './turn-basis.js';
import { TurnDecider, type Answer, type Decision } from './turn-decider.js';

/** The idempotency key was used a moment ago: whoever sent the command looks up for what. */
export class IdempotencyKeyTaken extends Error {
  override readonly name = 'IdempotencyKeyTaken';
}

/** A turn that loses its compare-and-set this often in a row gives up; each loss means that somebody else got on. */
const MOST_CONFLICTS = 20;
const MOST_UNKNOWN = 4;

/** Load, decide, commit, and decide again when somebody else was faster (DESIGN, decision 2). */
@Injectable()
export class TreeTurns {
  readonly residents: ResidentTrees;
  private readonly basis: TurnBasis;
  private readonly decider: TurnDecider;
  private readonly logger = new Logger('Groupcall');

  constructor(
    reader: LoadReader,
    private readonly writer: CommitWriter,
    clock: Clock,
    private readonly alarms: AlarmSetter,
    private readonly metrics: RuntimeMetrics,
    private readonly timers: Timers,
    outbox: OutboxSignal,
    @Inject(GROUPCALL_OPTIONS) { capacity, limits }: ResolvedOptions,
    private readonly tracer: Tracer = new NoTracer(),
  ) {
    this.residents = new ResidentTrees(capacity.residentTrees, capacity.residentIdle, () => clock.now());
    this.basis = new TurnBasis(this.residents, reader);
    this.decider = new TurnDecider(clock, limits, outbox, tracer);
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
  take(rootId: string, batch: Envelope[], more: () => Envelope[] = () => []): Promise<void> {
    const turn = this.tracer.isOn ? this.traced(rootId, batch, more) : this.untilDurable(rootId, batch, more);
    return turn.catch((error: unknown) => this.giveUp(rootId, batch, error));
  }

  private async traced(rootId: string, batch: Envelope[], more: () => Envelope[]): Promise<void> {
    const commands = batch.map(({ command }) => command);
    await this.tracer.turn(rootId, commands, () => this.untilDurable(rootId, batch, more));
  }

  private giveUp(rootId: string, batch: readonly Envelope[], error: unknown): void {
    this.residents.forget(rootId);
    this.logger.error(`Turn of tree ${rootId} failed: ${reasonText(error)}`);
    const told =
      error instanceof GroupcallError
        ? error
        : unavailable('The outcome is not known. Send the command again.');
    for (const envelope of batch) envelope.reject(told);
  }

  private async untilDurable(rootId: string, batch: Envelope[], more: () => Envelope[]): Promise<void> {
    let mayPlanLegs = true;
    let conflicts = 0;
    let unknown = 0;
    let isDecided = false;
    let open = [...batch];
    let basis: Basis | null = this.basis.remembered(rootId, open);
    while (open.length > 0) {
      let outcome: TurnOutcome | 'stale';
      try {
        let decision: Decision;
        try {
          if (!basis) {
            // What comes after the look cannot rest on it.
            open.push(...more());
            basis = await this.basis.stored(rootId, open);
          }
          decision = this.decider.decide(basis.before, open, mayPlanLegs);
        } finally {
          if (!isDecided) this.writer.decided();
          isDecided = true;
        }
        this.metrics.turns += 1;
        const turn = turnOf(basis, decision, open);
        if (turn && this.tracer.isOn) this.tracer.waits(turn);
        const result: TurnOutcome | Basis = turn
          ? await this.writer.commit(turn)
          : await this.confirmed(basis, decision, open);
        if (result === 'committed') {
          this.keep(basis, decision, turn, unknown > 0);
          open.forEach((envelope, index) => tell(envelope, decision.answers[index]));
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
        this.logger.warn(`Store did not answer for tree ${rootId}, trying again: ${reasonText(error)}`);
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

  /**
   * Memory may be behind what another process has committed; then "nothing to do" is not to be trusted.
   * @returns what the commands must be decided on instead, when that has shown
   */
  private async confirmed(
    basis: Basis,
    { answers }: Decision,
    open: readonly Envelope[],
  ): Promise<'committed' | Basis> {
    if (basis.isFresh || isSure(open, answers)) return 'committed';
    return (await this.basis.newerThan(basis.before, open)) ?? 'committed';
  }

  /**
   * Remembers what is durable now.
   * @param turn null: it was so before
   * @param isDoubtful what was tried before may have been stored all the same
   */
  private keep(
    { before, doubt }: Basis,
    { turn: { events } }: Decision,
    turn: TreeTurn | null,
    isDoubtful: boolean,
  ): void {
    const state = turn ? turn.after : before;
    if (turn) {
      countEvents(this.metrics, events, before, state);
      this.alarms.set(state, isDoubtful ? undefined : before);
    } else if (isDoubtful) this.alarms.set(before);
    if (state.version > 0) this.residents.keep(state.rootId, { state, doubt });
  }
}

/** What a decision changes, to be committed; null when it changes nothing. */
function turnOf({ before }: Basis, { turn, answers }: Decision, open: readonly Envelope[]): TreeTurn | null {
  if (turn.events.length === 0 && turn.effects.length === 0) return null;
  return {
    before,
    after: settled(turn.state, before.version + 1),
    effects: turn.effects,
    idempotency: before.version === 0 ? idempotencyOf(open, answers) : undefined,
  };
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

/** The key of the create command that made the tree, if it had one. */
function idempotencyOf(open: readonly Envelope[], answers: readonly Answer[]): IdempotencyRecord | undefined {
  for (const [index, { command }] of open.entries()) {
    if (command.type !== 'create_groupcall' || 'error' in answers[index]) continue;
    const { idempotencyKey: key } = command.input;
    return key === undefined ? undefined : { key, fingerprint: requestFingerprint(command.input) };
  }
  return undefined;
}
