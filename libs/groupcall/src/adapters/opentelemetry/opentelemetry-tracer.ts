import type { Attributes, Context, Link, Span, SpanContext, Tracer as OtelTracer } from '@opentelemetry/api';
import { GroupcallError } from '../../domain/groupcall-error.js';
import type { Effect } from '../../domain/effect.js';
import type { TreeCommand } from '../../domain/tree-command.js';
import type { ClaimedEffect } from '../../ports/effect-outbox.port.js';
import { UnstorableTurnsError, type TreeTurn, type TurnOutcome } from '../../ports/groupcall-store.port.js';
import { Tracer, type TraceParent } from '../../ports/tracer.port.js';
import { EffectOrigins } from './effect-origins.js';
import { attributesOfCommand, attributesOfEffect } from './span-attributes.js';
import { fromTraceParent, toTraceParent } from './traceparent.js';

export type OpenTelemetryApi = Pick<
  typeof import('@opentelemetry/api'),
  'context' | 'trace' | 'ROOT_CONTEXT' | 'SpanKind' | 'SpanStatusCode'
>;

/**
 * Spans: a command below whatever sent it, its turn below the first command of it, the commit below its first turn, and
 * an effect below the command that wanted it. A turn that takes several commands and a commit of several turns are
 * linked to all of them.
 */
export class OpenTelemetryTracer extends Tracer {
  override readonly isOn = true;
  private readonly commands = new WeakMap<TreeCommand, SpanContext>();
  private readonly taken = new WeakMap<Span, Set<TreeCommand>>();
  private readonly turns = new WeakMap<TreeTurn, Span>();
  private readonly origins = new EffectOrigins();

  constructor(
    private readonly api: OpenTelemetryApi,
    private readonly tracer: OtelTracer,
  ) {
    super();
  }

  override command<T>(command: TreeCommand, work: () => Promise<T>): Promise<T> {
    const attributes = attributesOfCommand(command);
    return this.spanned(`command ${command.type}`, { attributes }, this.api.context.active(), (span) => {
      this.commands.set(command, span.spanContext());
      return work();
    });
  }

  override turn(rootId: string, commands: readonly TreeCommand[], work: () => Promise<void>): Promise<void> {
    const takes = commands.flatMap((command) => this.commands.get(command) ?? []);
    const attributes = { 'groupcall.root_id': rootId, 'groupcall.turn.commands': commands.length };
    const options = { attributes, links: takes.map(toLink) };
    return this.spanned('turn', options, this.below(takes[0]), (span) => {
      this.taken.set(span, new Set(commands));
      return work();
    });
  }

  override wanted(command: TreeCommand, effects: readonly Effect[], first: number): void {
    const by = this.commands.get(command);
    const turn = this.api.trace.getActiveSpan();
    if (!by || !turn) return;
    this.join(turn, command, by);
    const origin = { command: by, turn: turn.spanContext() };
    for (let index = first; index < effects.length; index += 1) this.origins.set(effects[index], origin);
  }

  /** A command may come while the turn is looking at the store, and then shares it. */
  private join(turn: Span, command: TreeCommand, by: SpanContext): void {
    const taken = this.taken.get(turn);
    if (!taken || taken.has(command)) return;
    taken.add(command);
    addLink(turn, toLink(by));
    turn.setAttribute('groupcall.turn.commands', taken.size);
  }

  override waits(turn: TreeTurn): void {
    const span = this.api.trace.getActiveSpan();
    if (span) this.turns.set(turn, span);
  }

  override commit(turns: readonly TreeTurn[], work: () => Promise<TurnOutcome[]>): Promise<TurnOutcome[]> {
    const spans = turns.map((turn) => this.turns.get(turn));
    const known = spans.flatMap((span) => span?.spanContext() ?? []);
    const options = { attributes: { 'groupcall.commit.turns': turns.length }, links: known.map(toLink) };
    return this.spanned('commit', options, this.below(known[0]), async (commit) => {
      const link = toLink(commit.spanContext());
      // The others find it too.
      for (const span of spans.slice(1)) if (span) addLink(span, link);
      try {
        const outcomes = await work();
        commit.setAttribute('groupcall.commit.outcome', 'known');
        outcomes.forEach((outcome, index) =>
          spans[index]?.setAttribute('groupcall.turn.outcome', outcome === 'held' ? 'committed' : outcome),
        );
        return outcomes;
      } catch (error) {
        const outcome = error instanceof UnstorableTurnsError ? 'unstorable' : 'unknown';
        commit.setAttribute('groupcall.commit.outcome', outcome);
        for (const span of spans) span?.setAttribute('groupcall.turn.outcome', outcome);
        throw error;
      }
    });
  }

  override async effect(claimed: ClaimedEffect, work: () => Promise<void>): Promise<void> {
    const { effect } = claimed;
    const origin = this.origins.get(effect);
    const links = origin ? [toLink(origin.turn)] : [];
    const options = { attributes: attributesOfEffect(claimed), links };
    await this.spanned(`effect ${effect.kind}`, options, this.below(origin?.command), work);
    this.origins.forget(effect);
  }

  override sending<T>(name: string, send: (parent: TraceParent | undefined) => Promise<T>): Promise<T> {
    const { SpanKind, context } = this.api;
    const options = { kind: SpanKind.PRODUCER, attributes: { 'groupcall.command': name } };
    return this.spanned(`send ${name}`, options, context.active(), (span) =>
      send(toTraceParent(span.spanContext())),
    );
  }

  override received<T>(parent: unknown, work: () => Promise<T>): Promise<T> {
    return this.api.context.with(this.below(fromTraceParent(parent)), work);
  }

  /** Nothing of what happens to be under way around it. */
  private below(parent: SpanContext | undefined): Context {
    const { trace, ROOT_CONTEXT } = this.api;
    return parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;
  }

  private async spanned<T>(
    name: string,
    options: { attributes: Attributes; links?: Link[]; kind?: number },
    parent: Context,
    work: (span: Span) => Promise<T>,
  ): Promise<T> {
    const { context, trace, SpanStatusCode } = this.api;
    const span = this.tracer.startSpan(name, options, parent);
    try {
      return await context.with(trace.setSpan(parent, span), work, undefined, span);
    } catch (error) {
      span.setAttribute('error.type', errorType(error));
      // Never the message: a driver's holds the row, and that holds numbers.
      if (!isRefusal(error)) span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  }
}

/** Older versions of the API cannot. */
function addLink(span: Partial<Span>, link: Link): void {
  span.addLink?.(link);
}

function toLink(context: SpanContext): Link {
  return { context };
}

/** What the engine refuses by its rules has not failed. */
function isRefusal(error: unknown): boolean {
  return error instanceof GroupcallError && error.reason !== 'UNAVAILABLE';
}

function errorType(error: unknown): string {
  if (error instanceof GroupcallError) return error.reason;
  return error instanceof Error ? error.name : typeof error;
}
