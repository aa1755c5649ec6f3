export {
  ADDRESS_FIELDS,
  ADDRESS_TYPES,
  DIALABLE_TYPES,
  EXPANDABLE_TYPES,
  isAddressType,
  isDialable,
  isExpandable,
  toAddress,
} from './address.js';
export type { Address, AddressField, AddressType } from './address.js';
export { cleanText } from './clean-text.js';
export { normalizeTarget } from './normalize-target.js';
export type { NormalizedTarget, NormalizeError } from './normalize-target.js';
export { prepareAddress } from './prepare-address.js';
export type { PreparedAddress } from './prepare-address.js';
export { DEFAULT_MAX_TEXT_LENGTH } from './text-problem.js';
export { checkAddress } from './validate-address.js';
export type { AddressProblem, AddressText } from './validate-address.js';
export { isValidTarget, uuidOfTarget } from './validate-target.js';
