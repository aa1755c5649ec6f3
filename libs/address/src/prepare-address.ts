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
  checkText(raw, maxLength, problems);
  const refused = problems.some(({ field }) => field === 'type' || field === 'target');
  const target = refused ? raw.target : normalizeTarget(raw.type, raw.target).target;
  // What was well written and is canonical as it came needs no second look at its text.
  if (problems.length === 0 && target === raw.target) return { address: raw, problems: checkMeaning(raw) };
  const address = { ...raw, target };
  return { address, problems: firstOfEachField([...problems, ...checkAddress(address, maxLength)]) };
}

function readFields(input: Partial<Record<AddressField, unknown>>): PreparedAddress {
  const problems: AddressProblem[] = [];
  const address = {
    type: readText('type', input.type, problems),
    target: readText('target', input.target, problems),
    target_name: readText('target_name', input.target_name, problems),
    name: readText('name', input.name, problems),
    detail: readText('detail', input.detail, problems),
  };
  // The type may still be unknown; checkAddress names that problem.
  return { address: address as Address, problems };
}

function readText(field: AddressField, value: unknown, problems: AddressProblem[]): string {
  if (typeof value === 'string') return value;
  if (value !== undefined)
    problems.push({ field, message: 'must be text: send a string, or leave the field out' });
  return '';
}
