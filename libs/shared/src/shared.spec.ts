import { composeUuidV7, formatTimestamp, isUuid, NEVER, NIL_UUID, parseTimestamp } from './index.js';

describe('UUIDs', () => {
  it('accepts the canonical form in any case and the nil UUID, and nothing else', () => {
    expect(isUuid('01890a5d-ac96-774b-bcce-b302099a8057')).toBe(true);
    expect(isUuid('01890A5D-AC96-774B-BCCE-B302099A8057')).toBe(true);
    expect(isUuid(NIL_UUID)).toBe(true);
    expect(isUuid('01890a5dac96774bbcceb302099a8057')).toBe(false);
    expect(isUuid(' 01890a5d-ac96-774b-bcce-b302099a8057')).toBe(false);
    expect(isUuid(42)).toBe(false);
  });

  it('composes version 7 with the RFC variant, and orders by time, then by counter', () => {
    const random = new Uint8Array(8).fill(0xff);
    const first = composeUuidV7(1_700_000_000_000, 0, random);
    const second = composeUuidV7(1_700_000_000_000, 1, random);
    const later = composeUuidV7(1_700_000_000_001, 0, random);
    expect(first).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect([later, second, first].sort()).toEqual([first, second, later]);
  });
});

describe('timestamps', () => {
  it('prints UTC with six fractional digits and reads them back', () => {
    const moment = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
    expect(formatTimestamp(moment)).toBe('2026-01-02 03:04:05.678000');
    expect(parseTimestamp(formatTimestamp(moment))).toBe(moment);
  });

  it('prints "not yet happened" as the year 9999', () => {
    expect(formatTimestamp(null)).toBe(NEVER);
    expect(parseTimestamp(NEVER)).toBeNull();
  });
});
