import { prepareAddress } from '@groupcall/address';
import type { FieldProblem } from '@groupcall/groupcall';
import { isUuid, NIL_UUID } from '@groupcall/shared';
import { badFields } from '../http/api-error.js';
import { fieldsOf, MOST_ENTRIES } from './fields-of.js';

export interface ExtensionInput {
  readonly contacts: string[];
  readonly agentId: string | null;
}

/** What is wrong with the name of an extension; nothing = it may exist. */
export function problemsOfName(name: string): FieldProblem[] {
  const { problems } = prepareAddress({ type: 'extension', target_name: name });
  return problems.map(({ message }) => ({ field: 'name', message }));
}

/**
 * Reads `{"contacts":["user@host"],"agent_id"?}`. A contact is stored in the canonical form of a sip target.
 * @throws ApiError INVALID_ARGUMENT that names every bad field
 */
export function readExtension(name: string, body: unknown): ExtensionInput {
  const problems = problemsOfName(name);
  const { contacts, agent_id: owner } = fieldsOf(body, ['contacts', 'agent_id'], problems);
  const prepared: string[] = [];
  if (!Array.isArray(contacts)) {
    problems.push({ field: 'contacts', message: 'must be a list of texts; an empty one is allowed' });
  } else if (contacts.length > MOST_ENTRIES) {
    problems.push({ field: 'contacts', message: `must not have more than ${MOST_ENTRIES} entries` });
  } else {
    contacts.forEach((contact, index) => {
      const { address, problems: found } = prepareAddress({ type: 'sip', target: contact as unknown });
      problems.push(...found.map(({ message }) => ({ field: `contacts[${index}]`, message })));
      prepared.push(address.target);
    });
  }
  if (owner !== undefined && !isUuid(owner)) {
    problems.push({ field: 'agent_id', message: 'must be the UUID of an agent; nobody is the nil UUID' });
  }
  if (problems.length > 0) throw badFields(problems);
  return { contacts: prepared, agentId: isUuid(owner) && owner !== NIL_UUID ? owner.toLowerCase() : null };
}
