/// <reference types="jest" />
import type { DestinationInput } from '../../../commands/create-groupcall/create-groupcall.command.js';
import type { TreeCommand } from '../../../domain/tree-command.js';
import type { TreeState } from '../../../domain/tree-state.js';
import type {
  CustomerLimits,
  GroupcallStore,
  IdempotencyRecord,
  TreeTurn,
} from '../../../ports/groupcall-store.port.js';
import { phone, uuidOf } from '../../scenario/index.js';
import { firstTurn, turnOf } from '../../turns.js';
import type { StorageEnvironment, StorageProcess } from './storage-environment.js';

export const NO_LIMITS: CustomerLimits = { liveLegs: 0, groupcallsPerSecond: 0 };
export const CUSTOMER = uuidOf('customer');
export const STRANGER = uuidOf('somebody else');

/** A destination whose texts try every kind of quoting. */
export const CURIOUS: DestinationInput = {
  ...phone('curious'),
  target_name: `“Köln” 🙂 \\ \\' ' " \`; DROP \u2028 %s ? $1 :x`,
  detail: '\\u0041 {"a":[null]}',
};

export interface TreeOptions {
  customerId?: string;
  masterCallId?: string;
  idempotency?: IdempotencyRecord;
  /** Epoch ms; missing = {@link StorageStage.now}. */
  now?: number;
}

/** What the storage contracts are played on: two processes, one empty database, trees by name. */
export class StorageStage {
  private environment!: StorageEnvironment;
  /** The moment of everything that says no other, epoch ms. */
  now = 0;

  /** Hooks itself around every test of the suite in which it is made. */
  constructor(makeEnvironment: () => Promise<StorageEnvironment>) {
    beforeEach(async () => {
      this.environment = await makeEnvironment();
      this.now = await this.environment.clock.read();
    });
    afterEach(() => this.environment.close());
  }

  /** The process that most tests play in. */
  get mine(): StorageProcess {
    return this.environment.processes[0];
  }

  /** Another process on the same database. */
  get other(): StorageProcess {
    return this.environment.processes[1];
  }

  /** Both stores in turn: whoever does something many times does it in both processes. */
  storeOf(index: number): GroupcallStore {
    return this.environment.processes[index % 2].store;
  }

  /** The database's own time. */
  time(): Promise<number> {
    return this.environment.clock.read();
  }

  /** The first turn of the tree of that name, not committed. Phones are named, other destinations written out. */
  newTree(name: string, destinations: (string | DestinationInput)[], more: TreeOptions = {}): TreeTurn {
    return firstTurn({
      rootId: rootId(name),
      customerId: CUSTOMER,
      now: this.now,
      ...more,
      destinations: destinations.map((one) => (typeof one === 'string' ? phone(one) : one)),
    });
  }

  /** A tree that is stored. */
  async created(
    name: string,
    destinations: (string | DestinationInput)[] = ['anna'],
    more: TreeOptions = {},
  ): Promise<TreeState> {
    return this.stored(this.newTree(name, destinations, more));
  }

  /** The tree after a command that is stored. */
  async after(tree: TreeState, command: TreeCommand, now = this.now): Promise<TreeState> {
    return this.stored(turnOf(tree, command, now));
  }

  /** The tree after a turn that is stored. */
  async stored(turn: TreeTurn): Promise<TreeState> {
    expect(await this.mine.store.commit([turn], NO_LIMITS)).toEqual(['committed']);
    return turn.after;
  }

  /** How many effects nobody has done yet. */
  async pendingEffects(): Promise<number> {
    return (await this.mine.outbox.stats(this.now)).pending;
  }
}

/** The root's id of the tree of that name. */
export function rootId(name: string): string {
  return uuidOf(`root ${name}`);
}

/** The ids of a tree's legs in order of creation. */
export function legIds(tree: TreeState): string[] {
  return [...tree.legs.keys()];
}
