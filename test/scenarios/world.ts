import type { GroupcallResource, LegResource, PublicEvent } from '@groupcall/groupcall';
import type { TreeState } from '../../libs/groupcall/src/domain/tree-state.js';
import type { Body, TargetName } from './format.js';
import type { DirectoryEntries, ScriptedDirectory } from './scripted-directory.js';
import type { GatewayListener } from './gateway-behaviour.js';
import type { ScriptedGateway } from './scripted-gateway.js';

/** What became of a request. */
export type Outcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: string; readonly fields: readonly string[] };

/** A `POST /groupcalls`. */
export interface CreateRequest {
  readonly customerId: string;
  readonly body: Body;
  readonly key?: string;
  readonly id?: string;
}

export interface ListQuery {
  readonly filter: Record<string, string>;
  readonly pageSize: number;
  readonly afterFirstPage: () => Promise<void>;
}

/** What one scenario plays in. Every promise resolves when the request is answered; its effects need {@link settle}. */
export interface World {
  readonly gateway: ScriptedGateway;
  readonly directory: ScriptedDirectory;
  /** Public events so far, in order of delivery, repeats included. */
  readonly events: readonly PublicEvent[];
  /** Virtual time, epoch ms. */
  now(): number;

  create(request: CreateRequest): Promise<Outcome>;
  hangup(customerId: string, groupcallId: string): Promise<Outcome>;
  hangupOthers(customerId: string, groupcallId: string): Promise<Outcome>;
  remove(customerId: string, groupcallId: string): Promise<Outcome>;
  read(customerId: string, groupcallId: string): Promise<Outcome>;
  list(customerId: string, query: ListQuery): Promise<GroupcallResource[]>;
  masterCallEnded(masterCallId: string): Promise<Outcome>;
  customerDeleted(customerId: string): Promise<Outcome>;
  customerFrozen(customerId: string): Promise<Outcome>;
  /** Has the tree's alarm ring now, due or not. */
  ring(rootId: string): Promise<Outcome>;

  /** Until `moment`, stopping at every alarm and every retry on the way. */
  advanceTo(moment: number): Promise<void>;
  /** Until nothing is left to do at this moment. */
  settle(): Promise<void>;
  /** A stopped relay executes nothing: what a process leaves behind that dies after its commit. */
  runRelay(running: boolean): Promise<void>;

  /** The tree as stored: for labels and for what has no other place, never instead of the reads below. */
  tree(rootId: string): Promise<TreeState>;
  groupcalls(customerId: string, ids: readonly string[]): Promise<GroupcallResource[]>;
  legs(customerId: string, rootId: string): Promise<LegResource[]>;

  /** Ends everything that the scenario has left behind. */
  close(): Promise<void>;
}

/** What a scenario brings along. */
export interface WorldSettings {
  readonly limits: Record<string, number>;
  readonly makeGateway: (listener: GatewayListener) => ScriptedGateway;
  readonly directory: ScriptedDirectory;
  readonly customerId: string;
}

/** One way of running the rules, opened once for all scenarios. */
export interface Target {
  readonly name: TargetName;
  open(settings: WorldSettings): Promise<World>;
  /** Where this target keeps the directory; missing: in memory. */
  entries?(): DirectoryEntries;
  close(): Promise<void>;
}
