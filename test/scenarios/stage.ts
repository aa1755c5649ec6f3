import type { GroupcallResource, LegResource, PublicEvent } from '@groupcall/groupcall';
import type { Scenario } from './format.js';
import { Labels } from './labels.js';
import { Speech, type Snapshot } from './observe.js';
import { EntriesInMemory, ScriptedDirectory } from './scripted-directory.js';
import type { CallBehaviour } from './gateway-behaviour.js';
import { ScriptedGateway } from './scripted-gateway.js';
import type { Words } from './words.js';
import type { Target, World } from './world.js';

interface Tree {
  readonly rootId: string;
  /** Of its labels: '' or `b/`. */
  readonly prefix: string;
  readonly customerId: string;
}

/** One scenario's world with its names: what plays in it, and how its parts are called. */
export class Stage {
  readonly labels = new Labels();
  /** By label, `*` for all others; may be changed while the scenario runs. */
  readonly behaviours: Record<string, Partial<CallBehaviour>> = {};
  readonly start: number;
  private readonly trees: Tree[] = [];
  /** Prefix of the tree that a request under way will make. */
  private creating: string | undefined;

  private constructor(
    readonly words: Words,
    readonly world: World,
    private readonly text: string,
  ) {
    this.start = world.now();
  }

  static async open(target: Target, scenario: Scenario, words: Words): Promise<Stage> {
    const { limits = {}, directory: entries, gateway = {} } = scenario.given ?? {};
    const directory = new ScriptedDirectory(words, target.entries?.() ?? new EntriesInMemory());
    const opened: { stage?: Stage } = {};
    const world = await target.open({
      limits,
      directory,
      customerId: words.customer(),
      makeGateway: (listener) =>
        new ScriptedGateway(listener, (id, call) => opened.stage!.behaviourOf(id, call?.rootId)),
    });
    const stage = new Stage(words, world, JSON.stringify(scenario));
    opened.stage = stage;
    Object.assign(stage.behaviours, gateway);
    if (entries) await directory.write(entries);
    return stage;
  }

  /** `@name` or a label. @throws Error when there is no such groupcall */
  groupcallId(label: string): string {
    return label.startsWith('@') ? this.words.text(label) : this.labels.groupcall(label);
  }

  legId(label: string): string {
    return label.startsWith('@') ? this.words.text(label) : this.labels.leg(label);
  }

  /** A request is on its way whose tree will have this prefix. */
  announce(prefix: string): void {
    this.creating = prefix;
  }

  async adopt(rootId: string, prefix: string, customerId: string): Promise<void> {
    if (this.trees.some((tree) => tree.rootId === rootId)) return;
    this.trees.push({ rootId, prefix, customerId });
    this.labels.learn(await this.world.tree(rootId), prefix);
  }

  /** Everything about the trees that have labels. */
  async look(): Promise<Snapshot> {
    const groupcalls = new Map<string, GroupcallResource>();
    const legs = new Map<string, LegResource>();
    let lateAnswers = 0;
    for (const { rootId, prefix, customerId } of this.trees) {
      const tree = await this.world.tree(rootId);
      this.labels.learn(tree, prefix);
      lateAnswers += tree.lateAnswers;
      const found = await this.world.groupcalls(customerId, [...tree.groupcalls.keys()]);
      for (const one of found) groupcalls.set(this.labels.of(one.id), one);
      for (const one of await this.world.legs(customerId, rootId)) legs.set(this.labels.of(one.id), one);
    }
    return { groupcalls, legs, lateAnswers };
  }

  /** Each event once, in order of sequence: the same one may be delivered again. */
  events(): PublicEvent[] {
    const own = this.world.events.filter(({ data }) => this.labels.of(data.id) !== data.id);
    const once = new Map(own.map((event) => [event.id, event]));
    return [...once.values()].sort((a, b) => a.sequence - b.sequence);
  }

  speech(): Speech {
    const names = new Map<string, string>();
    for (const [name] of this.text.matchAll(/@[\w:-]+/g)) names.set(this.words.text(name), name);
    return new Speech(this.labels, this.start, (id) => names.get(id) ?? id);
  }

  /** An order may reach the gateway before the request that caused it was answered: the tree is then the one being made. */
  private async behaviourOf(legId: string, rootId?: string): Promise<Partial<CallBehaviour>> {
    const { '*': others = {}, ...named } = this.behaviours;
    if (Object.keys(named).length > 0 && rootId !== undefined && this.labels.of(legId) === legId) {
      const prefix = this.trees.find((tree) => tree.rootId === rootId)?.prefix ?? this.creating;
      if (prefix !== undefined) this.labels.learn(await this.world.tree(rootId), prefix);
    }
    return named[this.labels.of(legId)] ?? others;
  }
}
