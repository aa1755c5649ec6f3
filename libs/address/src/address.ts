/** Every address type there is (SPEC 3). `''` is "no type": valid to store, nothing to ring. */
export const ADDRESS_TYPES = [
  'agent',
  'ai',
  'ai_team',
  'conference',
  'email',
  'extension',
  'groupcall',
  'line',
  'sip',
  'tel',
  'webchat',
  'web_session',
  'whatsapp',
  '',
] as const;

/** One of {@link ADDRESS_TYPES}; lower case, exactly as on the wire. */
export type AddressType = (typeof ADDRESS_TYPES)[number];

/** Where a call comes from or goes to (SPEC 2, 3): the wire form and the stored form, every key always present. */
export interface Address {
  /** Which kind of target it is. */
  type: AddressType;
  /** What is dialled or looked up, in the canonical form of its type. */
  target: string;
  /** Display name; for an extension also the name it is looked up by. */
  target_name: string;
  /** A name to show; kept as it is. */
  name: string;
  /** Anything more; kept as it is. */
  detail: string;
}

/** A key of {@link Address}. */
export type AddressField = keyof Address;

/** The keys of an {@link Address} in wire order. */
export const ADDRESS_FIELDS = [
  'type',
  'target',
  'target_name',
  'name',
  'detail',
] as const satisfies AddressField[];

/** Types a leg can be placed to. */
export const DIALABLE_TYPES = ['tel', 'sip'] as const satisfies AddressType[];

/** Types that become a nested groupcall: agent and extension through the host's resolver, groupcall inline. */
export const EXPANDABLE_TYPES = ['agent', 'extension', 'groupcall'] as const satisfies AddressType[];

/** True for one of {@link ADDRESS_TYPES}; case matters. */
export function isAddressType(type: unknown): type is AddressType {
  return includes(ADDRESS_TYPES, type);
}

/** True for a type a leg can be placed to. */
export function isDialable(type: string): type is (typeof DIALABLE_TYPES)[number] {
  return includes(DIALABLE_TYPES, type);
}

/** True for a type that becomes a nested groupcall. */
export function isExpandable(type: string): type is (typeof EXPANDABLE_TYPES)[number] {
  return includes(EXPANDABLE_TYPES, type);
}

/**
 * Fills missing keys with `''` and drops keys that are not an address's.
 * It neither normalises nor checks: text from outside goes through `prepareAddress`.
 */
export function toAddress(partial: Partial<Address>): Address {
  const { type = '', target = '', target_name = '', name = '', detail = '' } = partial;
  return { type, target, target_name, name, detail };
}

function includes(values: readonly string[], value: unknown): boolean {
  return (values as readonly unknown[]).includes(value);
}
