import { ADDRESS_FIELDS, prepareAddress, type Address } from '@groupcall/address';
import { RING_METHODS, type FieldProblem, type RingMethod } from '@groupcall/groupcall';
import { badFields } from '../http/api-error.js';
import { fieldsOf, MOST_ENTRIES, unknownKeys } from './fields-of.js';

export interface AgentInput {
  readonly ringMethod: RingMethod;
  readonly addresses: Address[];
}

/** What can be rung for an agent; anything else would only fail when the agent's turn comes. */
const AGENT_ADDRESS_TYPES = ['tel', 'sip', 'agent', 'extension'];

/**
 * Reads `{"ring_method","addresses":[…]}`; a missing or empty ring method is `ring_all`, as in SPEC 2.
 * @throws ApiError INVALID_ARGUMENT that names every bad field
 */
export function readAgent(body: unknown): AgentInput {
  const problems: FieldProblem[] = [];
  const { ring_method: method, addresses } = fieldsOf(body, ['ring_method', 'addresses'], problems);
  const ringMethod = RING_METHODS.find(
    (one) => one === (method === undefined || method === '' ? 'ring_all' : method),
  );
  if (!ringMethod)
    problems.push({ field: 'ring_method', message: `must be one of ${RING_METHODS.join(', ')}` });
  const prepared: Address[] = [];
  if (!Array.isArray(addresses)) {
    problems.push({ field: 'addresses', message: 'must be a list of addresses; an empty one is allowed' });
  } else if (addresses.length > MOST_ENTRIES) {
    problems.push({ field: 'addresses', message: `must not have more than ${MOST_ENTRIES} entries` });
  } else {
    addresses.forEach((address, index) =>
      prepared.push(readAddress(address, `addresses[${index}]`, problems)),
    );
  }
  if (!ringMethod || problems.length > 0) throw badFields(problems);
  return { ringMethod, addresses: prepared };
}

function readAddress(input: unknown, path: string, problems: FieldProblem[]): Address {
  const { address, problems: found } = prepareAddress(input);
  problems.push(...found.map(({ field, message }) => ({ field: `${path}.${field}`, message })));
  if (found.length === 0 && !AGENT_ADDRESS_TYPES.includes(address.type)) {
    problems.push({ field: `${path}.type`, message: `must be one of ${AGENT_ADDRESS_TYPES.join(', ')}` });
  }
  if (typeof input === 'object' && input !== null) {
    problems.push(...unknownKeys(input, ADDRESS_FIELDS, `${path}.`));
  }
  return address;
}
