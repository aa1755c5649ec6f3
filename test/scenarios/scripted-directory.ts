import { toAddress, uuidOfTarget, type Address } from '@groupcall/address';
import { DestinationResolver, type Resolution } from '@groupcall/groupcall';
import type { AgentText, DirectoryFault, DirectoryText, ExtensionText } from './format.js';
import { NoReply } from './gateway-behaviour.js';
import type { Words } from './words.js';

/** Where a directory's entries are kept: in a map here, in the server's own tables there. */
export interface DirectoryEntries {
  putAgent(
    customerId: string,
    id: string,
    agent: { ring_method?: string; addresses: unknown[] } | null,
  ): Promise<void>;
  putExtension(
    customerId: string,
    name: string,
    extension: { contacts: readonly string[]; agent_id?: string } | null,
  ): Promise<void>;
  resolve(customerId: string, destination: Address, signal: AbortSignal): Promise<Resolution>;
}

/** A directory that can be told to fail, to keep its answer back, or to say something else than what is in it. */
export class ScriptedDirectory extends DestinationResolver {
  private readonly faults = new Map<string, DirectoryFault & { failed: number }>();
  private readonly held = new Map<string, () => void>();

  constructor(
    private readonly words: Words,
    private readonly entries: DirectoryEntries,
  ) {
    super();
  }

  /** Lookups that are kept waiting at the moment. */
  get holding(): number {
    return this.held.size;
  }

  async write({ agents = {}, extensions = {}, faults = {} }: DirectoryText): Promise<void> {
    for (const [name, agent] of Object.entries(agents)) await this.writeAgent(name, agent);
    for (const [name, extension] of Object.entries(extensions)) await this.writeExtension(name, extension);
    for (const [name, fault] of Object.entries(faults)) {
      this.faults.set(keyOf(this.words.address(name)), { ...fault, failed: 0 });
    }
  }

  /** Lets a held lookup go on. @throws Error when there is none */
  release(name: string): void {
    const key = keyOf(this.words.address(name));
    const go = this.held.get(key);
    if (!go) throw new Error(`nobody waits for ${name}`);
    this.held.delete(key);
    go();
  }

  releaseAll(): void {
    for (const go of this.held.values()) go();
    this.held.clear();
    this.faults.clear();
  }

  override async resolve(customerId: string, destination: Address, signal: AbortSignal): Promise<Resolution> {
    const fault = this.faults.get(keyOf(destination));
    if (fault?.hold) await new Promise<void>((resolve) => this.held.set(keyOf(destination), resolve));
    if (fault && fault.failed < (fault.fail ?? 0)) {
      fault.failed += 1;
      throw new NoReply('the directory does not answer');
    }
    if (fault?.answer) return this.said(fault.answer);
    return this.entries.resolve(customerId, destination, signal);
  }

  private async writeAgent(name: string, agent: AgentText | null): Promise<void> {
    const { ring_method, addresses = [], customer } = agent ?? {};
    const entry = agent && { ring_method, addresses: this.words.destinations(addresses) };
    await this.entries.putAgent(this.words.customer(customer), this.words.agent(name), entry);
  }

  private async writeExtension(name: string, extension: ExtensionText | null): Promise<void> {
    const { contacts = [], agent, customer } = extension ?? {};
    const entry = extension && { contacts, ...(agent ? { agent_id: this.words.agent(agent) } : {}) };
    await this.entries.putExtension(this.words.customer(customer), name, entry);
  }

  private said({ destinations, ...rest }: Record<string, unknown>): Resolution {
    const list = Array.isArray(destinations)
      ? this.words.destinations(destinations as string[])
      : destinations;
    return { resolved: true, ringMethod: 'ring_all', ...rest, destinations: list } as unknown as Resolution;
  }
}

/** The entries of the reference host (SPEC 3, *Resolution*), kept in memory. */
export class EntriesInMemory implements DirectoryEntries {
  private readonly agents = new Map<string, { ring_method?: string; addresses: unknown[] } | null>();
  private readonly extensions = new Map<string, { contacts: readonly string[]; agent_id?: string } | null>();

  async putAgent(
    customerId: string,
    id: string,
    agent: { ring_method?: string; addresses: unknown[] } | null,
  ): Promise<void> {
    this.agents.set(`${customerId}/${id}`, agent);
  }

  async putExtension(
    customerId: string,
    name: string,
    extension: { contacts: readonly string[]; agent_id?: string } | null,
  ): Promise<void> {
    this.extensions.set(`${customerId}/${name}`, extension);
  }

  async resolve(customerId: string, destination: Address): Promise<Resolution> {
    const { type, target, target_name, name, detail } = destination;
    if (type === 'agent') {
      const agent = this.agents.get(`${customerId}/${uuidOfTarget(target)}`);
      if (!agent) return { resolved: false, detail: `the directory does not know agent ${target}` };
      return {
        resolved: true,
        ringMethod: (agent.ring_method ?? 'ring_all') as 'ring_all' | 'linear',
        destinations: agent.addresses.map((address) => toAddress(address as Partial<Address>)),
      };
    }
    const extension = this.extensions.get(`${customerId}/${target_name || target}`);
    if (!extension)
      return { resolved: false, detail: `the directory does not know extension ${target_name || target}` };
    return {
      resolved: true,
      ringMethod: 'ring_all',
      destinations: extension.contacts.map((contact) =>
        toAddress({ type: 'sip', target: contact, target_name, name, detail }),
      ),
      ...(extension.agent_id ? { ownerId: extension.agent_id } : {}),
    };
  }
}

function keyOf({ type, target, target_name }: Partial<Address>): string {
  return type === 'agent' ? `agent ${target}` : `${type} ${target_name || target}`;
}
