import { createHash } from 'node:crypto';
import {
  CreateGroupcallCommand,
  DEFAULT_LIMITS,
  DeleteGroupcallCommand,
  HandleAnswerCommand,
  HandleHangupCommand,
  HandleRingingCommand,
  HangupCommand,
  HangupOthersCommand,
  type GroupcallResource,
  type LegResource,
  type PublicEvent,
} from '@groupcall/groupcall';
import { composeUuidV7, NIL_UUID } from '@groupcall/shared';
import { HandleAlarmCommand } from '../../../libs/groupcall/src/commands/handle-alarm/handle-alarm.command.js';
import { conflict } from '../../../libs/groupcall/src/domain/groupcall-error.js';
import { toGroupcallResource } from '../../../libs/groupcall/src/domain/groupcall-resource.js';
import { toLegResource } from '../../../libs/groupcall/src/domain/leg-resource.js';
import type { TreeCommand } from '../../../libs/groupcall/src/domain/tree-command.js';
import { nextAlarmOf, type TreeState } from '../../../libs/groupcall/src/domain/tree-state.js';
import { requestFingerprint } from '../../../libs/groupcall/src/runtime/request-fingerprint.js';
import type { ScriptedDirectory } from '../scripted-directory.js';
import type { ScriptedGateway } from '../scripted-gateway.js';
import type { CreateRequest, Outcome, Target, World, WorldSettings } from '../world.js';
import { CoreEffects } from './core-effects.js';
import { CoreTrees } from './core-trees.js';
import { inputOf, outcomeOf } from './requests.js';

/** decide and evolve alone: no store, no mailbox, no real time. What the world does comes from {@link CoreEffects}. */
export class CoreTarget implements Target {
  readonly name = 'core';

  async open(settings: WorldSettings): Promise<World> {
    return new CoreWorld(settings);
  }

  async close(): Promise<void> {
    // Nothing is kept between scenarios.
  }
}

class CoreWorld implements World {
  readonly gateway: ScriptedGateway;
  readonly directory: ScriptedDirectory;
  readonly events: PublicEvent[] = [];
  private readonly trees: CoreTrees;
  private readonly keys = new Map<string, { rootId: string; fingerprint: string }>();
  private readonly effects: CoreEffects;
  private moment = Date.UTC(2026, 0, 1);
  private made = 0;

  constructor(settings: WorldSettings) {
    this.trees = new CoreTrees({ ...DEFAULT_LIMITS, ...settings.limits });
    this.directory = settings.directory;
    this.gateway = settings.makeGateway({
      ringing: async (legId) => this.send(new HandleRingingCommand({ legId })),
      answered: async (legId) => this.send(new HandleAnswerCommand({ legId })),
      ended: async (legId, reason) => this.send(new HandleHangupCommand({ legId, reason })),
    });
    this.effects = new CoreEffects(this.gateway, this.directory, {
      now: () => this.moment,
      leg: (rootId, legId) => this.trees.get(rootId).legs.get(legId)!,
      publish: (event) => void this.events.push(event),
      send: (command) => this.send(command),
    });
  }

  now(): number {
    return this.moment;
  }

  create({ customerId, body, key, id }: CreateRequest): Promise<Outcome> {
    return outcomeOf(async () => {
      const input = inputOf(customerId, body, key);
      const known = this.keys.get(`${customerId}/${key}`);
      if (known) {
        if (known.fingerprint !== requestFingerprint(input))
          throw conflict('the key was used for another request');
        return toGroupcallResource(this.trees.get(known.rootId).groupcalls.get(known.rootId)!);
      }
      const rootId = id ?? this.newId(customerId);
      const result = this.send(new CreateGroupcallCommand({ ...input, id: rootId }));
      if (key !== undefined)
        this.keys.set(`${customerId}/${key}`, { rootId, fingerprint: requestFingerprint(input) });
      return result;
    });
  }

  hangup(customerId: string, groupcallId: string): Promise<Outcome> {
    return outcomeOf(async () => this.send(new HangupCommand({ groupcallId, customerId })));
  }

  hangupOthers(customerId: string, groupcallId: string): Promise<Outcome> {
    return outcomeOf(async () => this.send(new HangupOthersCommand({ groupcallId, customerId })));
  }

  remove(customerId: string, groupcallId: string): Promise<Outcome> {
    return outcomeOf(async () => this.send(new DeleteGroupcallCommand({ groupcallId, customerId })));
  }

  read(): Promise<Outcome> {
    throw new Error('the pure core has no reads: say so in skip');
  }

  list(): Promise<GroupcallResource[]> {
    throw new Error('the pure core has no lists: say so in skip');
  }

  async masterCallEnded(masterCallId: string): Promise<Outcome> {
    if (masterCallId === NIL_UUID)
      return { ok: false, error: 'INVALID_ARGUMENT', fields: ['master_call_id'] };
    return this.toMany((tree) => rootOf(tree).masterCallId === masterCallId && isLive(tree), hangUp);
  }

  customerDeleted(customerId: string): Promise<Outcome> {
    return this.toMany(
      (tree) => tree.customerId === customerId && rootOf(tree).tmDelete === null,
      ({ rootId }) => new DeleteGroupcallCommand({ groupcallId: rootId }),
    );
  }

  customerFrozen(customerId: string): Promise<Outcome> {
    return this.toMany((tree) => tree.customerId === customerId && isLive(tree), hangUp);
  }

  ring(rootId: string): Promise<Outcome> {
    return outcomeOf(async () => this.send(new HandleAlarmCommand({ rootId, now: this.moment })));
  }

  async advanceTo(moment: number): Promise<void> {
    for (;;) {
      const next = [...this.trees.alarms(), this.effects.nextRetry() ?? moment].filter(
        (at) => at > this.moment,
      );
      this.moment = Math.min(moment, ...next);
      for (const { rootId } of this.trees.filter((tree) => (nextAlarmOf(tree) ?? Infinity) <= this.moment)) {
        this.send(new HandleAlarmCommand({ rootId, now: this.moment }));
      }
      await this.settle();
      if (this.moment >= moment) return;
    }
  }

  settle(): Promise<void> {
    return this.effects.drain();
  }

  async runRelay(running: boolean): Promise<void> {
    this.effects.running = running;
  }

  async tree(rootId: string): Promise<TreeState> {
    return this.trees.get(rootId);
  }

  async groupcalls(_customerId: string, ids: readonly string[]): Promise<GroupcallResource[]> {
    return ids.map((id) => toGroupcallResource(this.trees.with('groupcalls', id)!.groupcalls.get(id)!));
  }

  async legs(_customerId: string, rootId: string): Promise<LegResource[]> {
    return [...this.trees.get(rootId).legs.values()].map(toLegResource);
  }

  async close(): Promise<void> {
    // Nothing outlives the world.
  }

  private send(command: TreeCommand): unknown {
    const { before, decision } = this.trees.take(command, this.moment);
    this.effects.add(before.rootId, before.customerId, decision.effects);
    return decision.result;
  }

  private newId(customerId: string): string {
    this.made += 1;
    const random = createHash('sha256').update(`${customerId}${this.made}`).digest();
    return composeUuidV7(this.moment, this.made, random);
  }

  private toMany(
    wanted: (tree: TreeState) => boolean,
    commandFor: (tree: TreeState) => TreeCommand,
  ): Promise<Outcome> {
    return outcomeOf(async () => {
      for (const tree of this.trees.filter(wanted)) this.send(commandFor(tree));
    });
  }
}

const hangUp = ({ rootId }: TreeState) => new HangupCommand({ groupcallId: rootId });
const rootOf = (tree: TreeState) => tree.groupcalls.get(tree.rootId)!;
const isLive = (tree: TreeState) => rootOf(tree).status !== 'hangup';
