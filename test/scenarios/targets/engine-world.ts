import {
  CreateGroupcallCommand,
  DEFAULT_LIMITS,
  DeleteCustomerCommand,
  DeleteGroupcallCommand,
  FreezeCustomerCommand,
  GroupcallError,
  HandleAnswerCommand,
  HandleHangupCommand,
  HandleMasterCallHangupCommand,
  HandleRingingCommand,
  HangupCommand,
  HangupOthersCommand,
  type GroupcallResource,
  type LegResource,
  type PublicEvent,
} from '@groupcall/groupcall';
import type { Command } from '@nestjs/cqrs';
import type { TreeState } from '../../../libs/groupcall/src/domain/tree-state.js';
import type { ScriptedDirectory } from '../scripted-directory.js';
import type { ScriptedGateway } from '../scripted-gateway.js';
import type { CreateRequest, ListQuery, Outcome, World, WorldSettings } from '../world.js';
import type { Engine } from './engine.js';
import { inputOf, outcomeOf } from './requests.js';

/** A scenario on the real runtime, as a host's code speaks to it: commands over the CommandBus, reads from the reader. */
export class EngineWorld implements World {
  readonly gateway: ScriptedGateway;
  readonly directory: ScriptedDirectory;
  readonly events: readonly PublicEvent[];

  constructor(
    protected readonly engine: Engine,
    private readonly settings: WorldSettings,
  ) {
    this.directory = settings.directory;
    this.gateway = settings.makeGateway({
      ringing: (legId) => this.execute(new HandleRingingCommand({ legId })),
      answered: (legId) => this.execute(new HandleAnswerCommand({ legId })),
      ended: (legId, reason) => this.execute(new HandleHangupCommand({ legId, reason })),
    });
    engine.gateway = this.gateway;
    engine.directory = this.directory;
    engine.events = [];
    this.events = engine.events;
    Object.assign(engine.parts.limits, DEFAULT_LIMITS, settings.limits);
  }

  now(): number {
    return this.engine.clock.now();
  }

  create({ customerId, body, key, id }: CreateRequest): Promise<Outcome> {
    const input = inputOf(customerId, body, key);
    return this.outcome(new CreateGroupcallCommand({ ...input, ...(id === undefined ? {} : { id }) }));
  }

  hangup(customerId: string, groupcallId: string): Promise<Outcome> {
    return this.outcome(new HangupCommand({ groupcallId, customerId }));
  }

  hangupOthers(customerId: string, groupcallId: string): Promise<Outcome> {
    return this.outcome(new HangupOthersCommand({ groupcallId, customerId }));
  }

  remove(customerId: string, groupcallId: string): Promise<Outcome> {
    return this.outcome(new DeleteGroupcallCommand({ groupcallId, customerId }));
  }

  async read(customerId: string, groupcallId: string): Promise<Outcome> {
    const value = await this.engine.parts.reader.findGroupcall(customerId, groupcallId);
    return value ? { ok: true, value } : { ok: false, error: 'NOT_FOUND', fields: [] };
  }

  async list(
    customerId: string,
    { filter, pageSize, afterFirstPage }: ListQuery,
  ): Promise<GroupcallResource[]> {
    const all: GroupcallResource[] = [];
    const ask = (after: Parameters<typeof reader.listGroupcalls>[0]['after']) =>
      reader.listGroupcalls({ customerId, filter, after, pageSize });
    const { reader } = this.engine.parts;
    let page = await ask(null);
    all.push(...page.items);
    await afterFirstPage();
    while (page.next) {
      page = await ask(page.next);
      all.push(...page.items);
    }
    return all;
  }

  masterCallEnded(masterCallId: string): Promise<Outcome> {
    return this.outcome(new HandleMasterCallHangupCommand({ masterCallId }));
  }

  customerDeleted(customerId: string): Promise<Outcome> {
    return this.outcome(new DeleteCustomerCommand({ customerId }));
  }

  customerFrozen(customerId: string): Promise<Outcome> {
    return this.outcome(new FreezeCustomerCommand({ customerId }));
  }

  ring(rootId: string): Promise<Outcome> {
    return outcomeOf(() => this.engine.parts.alarms.ring(rootId));
  }

  advanceTo(moment: number): Promise<void> {
    return this.engine.advanceTo(moment);
  }

  settle(): Promise<void> {
    return this.engine.settle();
  }

  runRelay(running: boolean): Promise<void> {
    return this.engine.runRelay(running);
  }

  async tree(rootId: string): Promise<TreeState> {
    return (await this.engine.parts.store.load(rootId))!;
  }

  groupcalls(customerId: string, ids: readonly string[]): Promise<GroupcallResource[]> {
    return Promise.all(
      ids.map(async (id) => (await this.engine.parts.reader.findGroupcall(customerId, id))!),
    );
  }

  async legs(customerId: string, rootId: string): Promise<LegResource[]> {
    return (await this.engine.parts.reader.findLegsOf(customerId, rootId, true))!;
  }

  async close(): Promise<void> {
    this.gateway.becomeObliging();
    this.directory.releaseAll();
    await this.runRelay(true);
    await this.execute(new DeleteCustomerCommand({ customerId: this.settings.customerId }));
    await this.settle();
    if (this.gateway.living().length === 0 && this.engine.waiting === 0) return;
    // Calls whose end the scenario kept to itself, and what was put off.
    await Promise.all(this.gateway.living().map((id) => this.gateway.end(id, 'normal').catch(notOurs)));
    await this.engine.advanceTo(this.now() + 20_000);
  }

  protected outcome(command: Command<unknown>): Promise<Outcome> {
    return outcomeOf(() => this.execute(command));
  }

  protected execute(command: Command<unknown>): Promise<unknown> {
    return this.engine.parts.bus.execute(command);
  }
}

/** A call of a stranger that a scenario made up. */
function notOurs(error: unknown): void {
  if (!(error instanceof GroupcallError)) throw error;
}
