import type { Address, AddressField } from './address.js';
import { normalizeTarget } from './normalize-target.js';
import { DEFAULT_MAX_TEXT_LENGTH } from './text-problem.js';
import {
  checkAddress,
  checkMeaning,
  checkText,
  firstOfEachField,
  type AddressProblem,
} from './validate-address.js';

/** An address from outside, made ready to store. With problems it is only fit to be shown, never to be used. */
export interface PreparedAddress {
  /** Canonical when there are no problems. */
  address: Address;
  /** At most one per field; none: it may be used. */
  problems: AddressProblem[];
}

/**
 * The way in for every address from outside (SPEC 3): checks the text as it was written, then normalises, then
 * validates. In this order because normalising a phone number drops characters: `+1555&+1666` would become one
 * number. Missing fields become `''`, keys that are not an address's are dropped. Never throws on parsed JSON.
 * @param input parsed JSON or a stored address; preparing a prepared address changes nothing
 * @param maxLength characters a field may have
 */
export function prepareAddress(input: unknown, maxLength = DEFAULT_MAX_TEXT_LENGTH): PreparedAddress {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    const message = 'is missing: an address is an object, for example {"type":"tel","target":"+15551234567"}';
    return { address: readFields({}).address, problems: [{ field: 'type', message }] };
  }
  const { address: raw, problems } = readFields(input);
  problems.push(...checkText(raw, maxLength));
  const refused = problems.some(({ field }) => field === 'type' || field === 'target');
  const address = refused ? raw : { ...raw, target: normalizeTarget(raw.type, raw.target).target };
  // What was well written and is canonical as it came needs no second look at its text.
  const isAsWritten = problems.length === 0 && address.target === raw.target;
  const more = isAsWritten ? checkMeaning(address) : checkAddress(address, maxLength);
  return { address, problems: firstOfEachField([...problems, ...more]) };
}

function readFields(input: Partial<Record<AddressField, unknown>>): PreparedAddress {
  const problems: AddressProblem[] = [];
  const text = (field: AddressField): string => {
    const value = input[field] === undefined ? '' : input[field];
    if (typeof value === 'string') return value;
    problems.push({ field, message: 'must be text: send a string, or leave the field out' });
    return '';
  };
  const address = {
    type: text('type'),
    target: text('target'),
    target_name: text('target_name'),
    name: text('name'),
    detail: text('detail'),
  };
  // The type may still be unknown; checkAddress names that problem.
  return { address: address as Address, problems };
}
