import { Clock } from '@groupcall/groupcall';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Agent } from './agent.entity.js';
import type { AgentInput } from './agent.input.js';
import { Extension } from './extension.entity.js';
import type { ExtensionInput } from './extension.input.js';

interface Stored {
  tm_create: string;
}

/** Who can be rung by name. Each customer has a directory of its own: the same id elsewhere is somebody else. */
@Injectable()
export class Directory {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  async putAgent(customerId: string, id: string, input: AgentInput): Promise<Agent> {
    const now = this.clock.now();
    const [{ tm_create: tmCreate }] = await this.dataSource.query<Stored[]>(
      `INSERT INTO agent (customer_id, id, ring_method, addresses, tm_create, tm_update) VALUES ($1, $2, $3, $4, $5, $5)
       ON CONFLICT (customer_id, id) DO UPDATE SET ring_method = $3, addresses = $4, tm_update = $5
       RETURNING tm_create`,
      [customerId, id, input.ringMethod, JSON.stringify(input.addresses), now],
    );
    return { customerId, id, ...input, tmCreate, tmUpdate: String(now) };
  }

  findAgent(customerId: string, id: string): Promise<Agent | null> {
    return this.dataSource.manager.findOneBy(Agent, { customerId, id });
  }

  async removeAgent(customerId: string, id: string): Promise<boolean> {
    return (await this.dataSource.manager.delete(Agent, { customerId, id })).affected === 1;
  }

  async putExtension(customerId: string, name: string, input: ExtensionInput): Promise<Extension> {
    const now = this.clock.now();
    const [{ tm_create: tmCreate }] = await this.dataSource.query<Stored[]>(
      `INSERT INTO extension (customer_id, name, contacts, agent_id, tm_create, tm_update) VALUES ($1, $2, $3, $4, $5, $5)
       ON CONFLICT (customer_id, name) DO UPDATE SET contacts = $3, agent_id = $4, tm_update = $5
       RETURNING tm_create`,
      [customerId, name, JSON.stringify(input.contacts), input.agentId, now],
    );
    return { customerId, name, ...input, tmCreate, tmUpdate: String(now) };
  }

  findExtension(customerId: string, name: string): Promise<Extension | null> {
    return this.dataSource.manager.findOneBy(Extension, { customerId, name });
  }

  async removeExtension(customerId: string, name: string): Promise<boolean> {
    return (await this.dataSource.manager.delete(Extension, { customerId, name })).affected === 1;
  }
}
