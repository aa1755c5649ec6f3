import {
  ADDRESS_TYPES,
  DIALABLE_TYPES,
  EXPANDABLE_TYPES,
  isAddressType,
  isDialable,
  isExpandable,
  toAddress,
} from './index.js';

describe('an address', () => {
  it('has every key, in wire order, with missing ones empty', () => {
    expect(JSON.stringify(toAddress({ target: '+15551234567', type: 'tel' }))).toBe(
      '{"type":"tel","target":"+15551234567","target_name":"","name":"","detail":""}',
    );
  });

  it('leaves out keys that are not its own', () => {
    const nested = { type: 'groupcall' as const, ring_method: 'linear', destinations: [] };
    expect(Object.keys(toAddress(nested))).toEqual(['type', 'target', 'target_name', 'name', 'detail']);
  });
});

describe('address types', () => {
  it('can be rung as a leg only when they are tel or sip', () => {
    expect(ADDRESS_TYPES.filter(isDialable).sort()).toEqual(['sip', 'tel']);
    expect([...DIALABLE_TYPES].sort()).toEqual(['sip', 'tel']);
  });

  it('become a nested groupcall only when they are agent, extension or groupcall', () => {
    expect(ADDRESS_TYPES.filter(isExpandable).sort()).toEqual(['agent', 'extension', 'groupcall']);
    expect([...EXPANDABLE_TYPES].sort()).toEqual(['agent', 'extension', 'groupcall']);
  });

  it('are known in lower case only, and not by a name that every object has', () => {
    for (const type of ADDRESS_TYPES) expect(isAddressType(type)).toBe(true);
    for (const type of ['Tel', 'TEL', ' tel', 'unknown', 'constructor', '__proto__', null, undefined, 0]) {
      expect(isAddressType(type)).toBe(false);
    }
  });
});
