import { uuidOfTarget, type Address } from '@groupcall/address';

/** `urn:uuid:…`, bare hex and upper case are the same id. Anything else is returned unchanged. */
export function canonicalUuid(text: string): string {
  return uuidOfTarget(text) ?? text;
}

/** The name of an extension: looked up by `target_name`, else by `target` (SPEC 3). */
export function extensionName(address: Address): string {
  return address.target_name || address.target;
}

/** Names what a groupcall was resolved from, so that a cycle can be seen and told. */
export function originOf(address: Address): string {
  return address.type === 'agent'
    ? `agent ${canonicalUuid(address.target)}`
    : `extension ${extensionName(address)}`;
}

/** Agents and extensions are asked of the directory when their turn comes. */
export function isResolvable(address: Address): boolean {
  return address.type === 'agent' || address.type === 'extension';
}
