import type { LegHangupReason, PublicEvent } from '@groupcall/groupcall';
import type { Actions, CreateText, Expectation, GatewayText, Scenario } from './format.js';
import { check, newestFirst } from './checks.js';
import { brokenEventRules } from './event-invariants.js';
import { brokenRules } from './invariants.js';
import { inOrder, Labels } from './labels.js';
import { Speech, type Snapshot } from './observe.js';
import { EntriesInMemory, ScriptedDirectory, type DirectoryEntries } from './scripted-directory.js';
import { ScriptedGateway, type CallBehaviour } from './scripted-gateway.js';
import type { Outcome, Target, World } from './world.js';
import { Words } from './words.js';

/** How a target keeps the directory, if not in memory. */
export type TargetWithDirectory = Target & { entries?(): DirectoryEntries };

/** Plays one scenario. @throws Error that lists everything that came out otherwise */
export async function play(target: TargetWithDirectory, scenario: Scenario, salt: string): Promise<void> {
  const player = new Player(scenario, new Words(`${salt}/${scenario.name}`));
  await player.play(target);
}

interface Tree {
  readonly rootId: string;
  readonly prefix: string;
  readonly customerId: string;
}

class Player {
  private readonly labels = new Labels();
  private readonly trees: Tree[] = [];
  private readonly behaviours: Record<string, Partial<CallBehaviour>> = {};
  private readonly problems: string[] = [];
  private readonly names = new Map<string, string>();
  private world!: World;
  private start = 0;
  private before: Snapshot | undefined;
  /** What the step's own action came to. */
  private results: string[] = [];
  private listed: { labels: string[]; count: number } | undefined;
  private refused: readonly string[] = [];
  private made = '';
  private relayRuns = true;
  /** Prefix of the tree that a request under way will make. */
  private creating: string | undefined;

  constructor(
    private readonly scenario: Scenario,
    private readonly words: Words,
  ) {}

  async play(target: TargetWithDirectory): Promise<void> {
    const { given = {}, request, steps = [], expect: end } = this.scenario;
    Object.assign(this.behaviours, given.gateway);
    const directory = new ScriptedDirectory(this.words, target.entries?.() ?? new EntriesInMemory());
    this.world = await target.open({
      limits: given.limits ?? {},
      directory,
      customerId: this.words.customer(),
      makeGateway: (listener) => new ScriptedGateway(listener, (id, call) => this.behaviourOf(id, call?.rootId)),
    });
    try {
      this.start = this.world.now();
      if (given.directory) await directory.write(given.directory);
      if (request) await this.step({ create: { body: request } }, undefined, 'request');
      for (const [index, step] of steps.entries()) {
        if (step.at !== undefined) await this.world.advanceTo(this.start + step.at);
        await this.step(step, step.expect, `steps[${index}]`);
        if (this.problems.length > 0) break;
      }
      await this.compare(end, 'in the end', true);
    } finally {
      await this.world.close();
    }
    if (this.problems.length > 0) throw new Error(this.problems.join('\n'));
  }

  private async step(step: Actions, expected: Expectation | undefined, place: string): Promise<void> {
    this.results = [];
    this.refused = [];
    this.listed = undefined;
    for (const outcome of await this.perform(step)) this.note(outcome);
    await this.world.settle();
    this.checkResults(expected, place);
    await this.compare(expected ?? {}, place, false);
  }

  /** Starts everything before it waits for anything. */
  private async perform(step: Actions): Promise<Outcome[]> {
    const customerId = this.words.customer(step.by);
    const { world } = this;
    if (step.together) return (await Promise.all(step.together.map((one) => this.perform(one)))).flat();
    if (step.create) return this.create(step.create, customerId);
    if (step.ringing) return this.played(step.ringing, (id) => world.gateway.ring(id));
    if (step.answer) return this.played(step.answer, (id) => world.gateway.answer(id));
    if (step.end) return this.played(step.end, (id, reason) => world.gateway.end(id, reason));
    if (step.end_unheard) return this.played(step.end_unheard, async (id, reason) => world.gateway.endUnheard(id, reason));
    if (step.hangup) return [await world.hangup(customerId, this.groupcallId(step.hangup))];
    if (step.hangup_others) return [await world.hangupOthers(customerId, this.groupcallId(step.hangup_others))];
    if (step.delete) return [await world.remove(customerId, this.groupcallId(step.delete))];
    if (step.read) return [await world.read(customerId, this.groupcallId(step.read))];
    if (step.master_call_ended) return [await world.masterCallEnded(this.words.text(step.master_call_ended))];
    if (step.customer_deleted) return [await world.customerDeleted(this.words.customer(step.customer_deleted))];
    if (step.customer_frozen) return [await world.customerFrozen(this.words.customer(step.customer_frozen))];
    if (step.alarm) return [await world.ring(this.groupcallId(step.alarm))];
    if (step.list) await this.list(step, customerId);
    if (step.gateway) Object.assign(this.behaviours, step.gateway);
    if (step.directory) await world.directory.write(step.directory);
    if (step.release) this.release(step.release);
    if (step.relay) await this.runRelay(step.relay === 'start');
    return [];
  }

  private async create({ as, body, key, id, times = 1 }: CreateText, customerId: string): Promise<Outcome[]> {
    const request = { customerId, body: this.words.body(body), key, id: id === undefined ? undefined : this.words.text(id) };
    if (times > 1) return (await Promise.all(Array.from({ length: times }, () => this.world.create(request)))).map(silently);
    const prefix = as === undefined ? '' : `${as}/`;
    this.creating = prefix;
    const outcome = await this.world.create(request);
    this.made = outcome.ok ? (outcome.value as { id: string }).id : '';
    if (outcome.ok && !this.trees.some(({ rootId }) => rootId === this.made)) {
      this.trees.push({ rootId: this.made, prefix, customerId });
      this.labels.learn(await this.world.tree(this.made), prefix);
    }
    return [outcome.ok ? { ok: true, value: undefined } : outcome];
  }

  private played(texts: string | readonly string[], tell: (legId: string, reason: LegHangupReason) => Promise<unknown>): Promise<Outcome[]> {
    return Promise.all(
      [texts].flat().map(async (text): Promise<Outcome> => {
        const [label, reason = 'normal'] = (text as string).split(' ');
        const legId = label.startsWith('@') ? this.words.text(label) : this.labels.leg(label);
        return outcomeOfNotification(() => tell(legId, reason as LegHangupReason));
      }),
    );
  }

  private async list({ list = {} }: Actions, customerId: string): Promise<void> {
    const filter = Object.fromEntries(
      Object.entries(list.filter ?? {}).map(([key, text]) => [key, this.labels.has(text) ? this.labels.groupcall(text) : this.words.text(text)]),
    );
    const found = await this.world.list(customerId, {
      filter,
      pageSize: list.page_size ?? 100,
      afterFirstPage: async () => {
        if (list.between) await this.create(list.between, customerId);
      },
    });
    const labels = found.map(({ id }) => this.labels.of(id));
    if (JSON.stringify(found.map(({ tm_create }) => tm_create)) !== JSON.stringify(found.map(({ tm_create }) => tm_create).sort().reverse()))
      this.problems.push(`the list is not newest first: ${labels.join()}`);
    if (new Set(labels).size !== labels.length) this.problems.push(`the list shows something twice: ${labels.join()}`);
    this.listed = { labels: newestFirst(found, this.labels), count: found.length };
  }

  private async runRelay(running: boolean): Promise<void> {
    this.relayRuns = running;
    await this.world.runRelay(running);
  }

  private release(name: string): void {
    if (name.includes(':')) this.world.directory.release(name);
    else this.world.gateway.release(this.labels.leg(name));
  }

  private note(outcome: Outcome): void {
    this.results.push(outcome.ok ? (typeof outcome.value === 'string' ? outcome.value : 'ok') : outcome.error);
    if (!outcome.ok) this.refused = outcome.fields;
  }

  private checkResults(expected: Expectation | undefined, place: string): void {
    const { result, results, listed, listed_count } = expected ?? {};
    const differ = (what: string, wanted: unknown, found: unknown) => {
      if (JSON.stringify(wanted) !== JSON.stringify(found))
        this.problems.push(`${place}: ${what}: expected ${JSON.stringify(wanted)}, found ${JSON.stringify(found)}`);
    };
    const words = [...new Set(this.results)].sort(inOrder);
    if (results) {
      const counts = words.map((word) => [word, this.results.filter((one) => one === word).length]);
      differ('results', Object.entries(results).sort(([a], [b]) => inOrder(a, b)), counts);
    } else if (result === undefined) {
      const refusals = words.filter((word) => word === word.toUpperCase());
      if (refusals.length > 0) this.problems.push(`${place}: refused with ${refusals.join()} ${this.refused.join()}`);
    } else if (typeof result === 'string') differ('result', [result], words);
    else if ('same_as' in result) differ('the groupcall', result.same_as, this.labels.of(this.made));
    else {
      differ('result', [result.error], words);
      if (result.fields) differ('fields', [...result.fields].sort(inOrder), [...this.refused].sort(inOrder));
    }
    if (listed) differ('listed', listed, this.listed?.labels);
    if (listed_count !== undefined) differ('listed_count', listed_count, this.listed?.count);
  }

  private async compare(expected: Expectation, place: string, complete: boolean): Promise<void> {
    const snapshot = await this.look();
    const events = this.seenEvents();
    const { gateway } = this.world;
    const seen = { snapshot, orders: gateway.orders, events, living: gateway.living().length, labels: this.labels, speech: this.speech() };
    const problems = [...brokenRules(snapshot, this.before, this.labels), ...(this.relayRuns ? brokenEventRules(snapshot, events, this.labels) : []), ...check(expected, seen, complete)];
    this.problems.push(...problems.map((problem) => `${place}: ${problem}`));
    this.before = snapshot;
  }

  private async look(): Promise<Snapshot> {
    const groupcalls: Snapshot['groupcalls'] = new Map();
    const legs: Snapshot['legs'] = new Map();
    let lateAnswers = 0;
    for (const { rootId, prefix, customerId } of this.trees) {
      const tree = await this.world.tree(rootId);
      this.labels.learn(tree, prefix);
      lateAnswers += tree.lateAnswers;
      for (const one of await this.world.groupcalls(customerId, [...tree.groupcalls.keys()]))
        (groupcalls as Map<string, typeof one>).set(this.labels.of(one.id), one);
      for (const one of await this.world.legs(customerId, rootId)) (legs as Map<string, typeof one>).set(this.labels.of(one.id), one);
    }
    return { groupcalls, legs, lateAnswers };
  }

  /** Each once, in order of sequence: the same one may be delivered again. */
  private seenEvents(): PublicEvent[] {
    const own = this.world.events.filter(({ data }) => this.labels.of(data.id) !== data.id);
    const once = new Map(own.map((event) => [event.id, event]));
    return [...once.values()].sort((a, b) => a.sequence - b.sequence);
  }

  private speech(): Speech {
    return new Speech(this.labels, this.start, (id) => this.names.get(id) ?? this.nameOf(id));
  }

  /** Names from the scenario's own text: `@m`, `@agent:alice`. */
  private nameOf(id: string): string {
    for (const [name] of JSON.stringify(this.scenario).matchAll(/@[\w:-]+|agent:[\w-]+/g)) {
      const text = name.startsWith('@') ? name : `@${name}`;
      this.names.set(this.words.text(text), text);
    }
    return this.names.get(id) ?? id;
  }

  /** An order may reach the gateway before the request that caused it was answered: the tree is then the one being made. */
  private async behaviourOf(legId: string, rootId?: string): Promise<Partial<CallBehaviour>> {
    const { '*': others = {}, ...named } = this.behaviours as GatewayText;
    if (Object.keys(named).length > 0 && rootId !== undefined && this.labels.of(legId) === legId) {
      const prefix = this.trees.find((tree) => tree.rootId === rootId)?.prefix ?? this.creating;
      if (prefix !== undefined) this.labels.learn(await this.world.tree(rootId), prefix);
    }
    return named[this.labels.of(legId)] ?? others;
  }

  private groupcallId(label: string): string {
    return label.startsWith('@') ? this.words.text(label) : this.labels.groupcall(label);
  }
}

async function outcomeOfNotification(tell: () => Promise<unknown>): Promise<Outcome> {
  try {
    return { ok: true, value: await tell() };
  } catch (error) {
    const { reason } = error as { reason?: string };
    if (reason === undefined) throw error;
    return { ok: false, error: reason, fields: [] };
  }
}

function silently(outcome: Outcome): Outcome {
  return outcome.ok ? { ok: true, value: undefined } : outcome;
}
