import {
  ADDRESS_FIELDS,
  ADDRESS_TYPES,
  isAddressType,
  type AddressField,
  type AddressType,
} from './address.js';
import { findForbiddenCharacter } from './forbidden-characters.js';
import { DEFAULT_MAX_TEXT_LENGTH, findTextProblem } from './text-problem.js';
import { isValidTarget } from './validate-target.js';

/** What is wrong with one field of an address: what is wrong, what is allowed, an example. Never repeats the value. */
export interface AddressProblem {
  /** Which key of the address. */
  field: AddressField;
  /** What is wrong, what is allowed, an example. */
  message: string;
}

/** The five texts of an address before anybody knows whether its type exists. */
export type AddressText = Readonly<Record<AddressField, string>>;

const UUID_EXPECTED = 'must be a UUID other than nil, for example a04a1f51-2495-48a5-9012-8081aa90b902';
const PHONE_EXPECTED =
  'must be a phone number: + first, then country code and number, 7 to 15 digits in all, for example +15551234567';

const EXPECTED_TARGET: Record<Exclude<AddressType, '' | 'groupcall' | 'ai' | 'ai_team'>, string> = {
  tel: PHONE_EXPECTED,
  whatsapp: PHONE_EXPECTED,
  sip: 'must be user@host: one @ (percent-encode any other), no white space, an ASCII host name or address, optionally a port, for example alice@example.com:5060',
  email:
    'must be one email address, alone or behind a display name (quoted if it has more than words in it), for example "Doe, J." <doe@example.com>',
  agent: UUID_EXPECTED,
  conference: UUID_EXPECTED,
  line: UUID_EXPECTED,
  webchat: UUID_EXPECTED,
  web_session: UUID_EXPECTED,
  extension:
    'must not be empty unless target_name is given: name the extension in one of them, for example 2000',
};

const KNOWN_TYPES = ADDRESS_TYPES.map((type) => type || '"" (none)').join(', ');

/**
 * Checks an address that is already in canonical form (SPEC 3); at most one problem per field, none = good.
 * Text from outside goes through `prepareAddress` instead: here its dangerous characters may already be gone.
 * @param maxLength characters a field may have
 */
export function checkAddress(address: AddressText, maxLength = DEFAULT_MAX_TEXT_LENGTH): AddressProblem[] {
  const problems: AddressProblem[] = [];
  checkText(address, maxLength, problems);
  return firstOfEachField([...problems, ...checkMeaning(address)]);
}

/**
 * Problems that show in the text as it was written, whether canonical or not.
 * @param problems where they are added
 */
export function checkText(address: AddressText, maxLength: number, problems: AddressProblem[]): void {
  for (const field of ADDRESS_FIELDS) {
    const message = findTextProblem(address[field], maxLength);
    if (message !== null) problems.push({ field, message });
  }
  const message = findForbiddenCharacter(address.type, address.target);
  if (message !== null) problems.push({ field: 'target', message });
}

/** Keeps the first problem of each field: a line break in a number is one fault, not three. */
export function firstOfEachField(problems: readonly AddressProblem[]): AddressProblem[] {
  if (problems.length === 0) return [];
  return problems.filter(
    ({ field }, index) => problems.findIndex((other) => other.field === field) === index,
  );
}

/** Problems that show only when one knows what the text is for. */
export function checkMeaning({ type, target, target_name }: AddressText): AddressProblem[] {
  if (!isAddressType(type)) {
    return [{ field: 'type', message: `is not an address type: use one of ${KNOWN_TYPES} (lower case)` }];
  }
  if (type === 'ai' || type === 'ai_team') {
    return [
      {
        field: 'type',
        message: `must not be ${type}: such an address has no target that can be checked or rung`,
      },
    ];
  }
  if (type === '' || type === 'groupcall' || isValidTarget(type, target, target_name)) return [];
  return [{ field: 'target', message: EXPECTED_TARGET[type] }];
}
