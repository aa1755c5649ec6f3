import { ADDRESS_TYPES, type Address } from '@groupcall/address';
import { RING_METHODS, type RingMethod } from '@groupcall/groupcall';
import { formatTimestamp, NIL_UUID } from '@groupcall/shared';
import type { Agent } from './agent.entity.js';
import type { Extension } from './extension.entity.js';

/** An agent on the wire. */
export interface AgentResource {
  id: string;
  customer_id: string;
  ring_method: RingMethod;
  addresses: Address[];
  tm_create: string;
  tm_update: string;
}

/** An extension on the wire; `agent_id` is the nil UUID when it is nobody's. */
export interface ExtensionResource {
  name: string;
  customer_id: string;
  contacts: string[];
  agent_id: string;
  tm_create: string;
  tm_update: string;
}

export function toAgentResource(agent: Agent): AgentResource {
  return {
    id: agent.id,
    customer_id: agent.customerId,
    ring_method: agent.ringMethod,
    addresses: agent.addresses,
    tm_create: formatTimestamp(Number(agent.tmCreate)),
    tm_update: formatTimestamp(Number(agent.tmUpdate)),
  };
}

export function toExtensionResource(extension: Extension): ExtensionResource {
  return {
    name: extension.name,
    customer_id: extension.customerId,
    contacts: extension.contacts,
    agent_id: extension.agentId ?? NIL_UUID,
    tm_create: formatTimestamp(Number(extension.tmCreate)),
    tm_update: formatTimestamp(Number(extension.tmUpdate)),
  };
}

const text = { type: 'string' as const };

/** For the API's documentation. */
export const AGENT_BODY = {
  schema: {
    type: 'object' as const,
    required: ['addresses'],
    properties: {
      ring_method: { ...text, enum: [...RING_METHODS], default: 'ring_all' },
      addresses: {
        type: 'array' as const,
        items: {
          type: 'object' as const,
          properties: {
            type: { ...text, enum: [...ADDRESS_TYPES] },
            target: text,
            target_name: text,
            name: text,
            detail: text,
          },
        },
      },
    },
    example: { ring_method: 'linear', addresses: [{ type: 'sip', target: 'alice@example.com' }] },
  },
};

export const EXTENSION_BODY = {
  schema: {
    type: 'object' as const,
    required: ['contacts'],
    properties: { contacts: { type: 'array' as const, items: text }, agent_id: { ...text, format: 'uuid' } },
    example: { contacts: ['alice@192.0.2.10:5060'] },
  },
};
