import { scopeOf, type Caller } from './caller.js';

const OWN = '01890a5d-ac96-774b-bcce-b302099a8057';
const OTHER = '01890a5d-ac96-774b-bcce-b302099a8058';
const AGENT = '01890a5d-ac96-774b-bcce-b302099a8059';
const admin: Caller = { role: 'customer_admin', customerId: OWN, agentId: null, expiresAt: 0 };
const agent: Caller = { role: 'customer_agent', customerId: OWN, agentId: AGENT, expiresAt: 0 };
const platform: Caller = { role: 'platform_admin', customerId: null, agentId: null, expiresAt: 0 };

describe('what a request is about', () => {
  it("is the caller's own customer", () => {
    expect(scopeOf(admin, undefined)).toEqual({ customerId: OWN, ownerId: null });
    expect(scopeOf(admin, OWN.toUpperCase())).toEqual({ customerId: OWN, ownerId: null });
  });

  it('is for an agent only what that agent owns', () => {
    expect(scopeOf(agent, undefined)).toEqual({ customerId: OWN, ownerId: AGENT });
  });

  it('is any customer for a platform administrator, who has to name it', () => {
    expect(scopeOf(platform, OTHER)).toEqual({ customerId: OTHER, ownerId: null });
    expect(() => scopeOf(platform, undefined)).toThrow('?customer_id=<uuid>');
  });

  it('is never another customer for anybody else', () => {
    for (const caller of [admin, agent]) {
      expect(() => scopeOf(caller, OTHER)).toThrow(expect.objectContaining({ reason: 'PERMISSION_DENIED' }));
    }
  });

  it.each(['', 'x', [OWN, OWN], { a: 1 }])('cannot be named by %j', (named) => {
    for (const caller of [admin, platform]) {
      expect(() => scopeOf(caller, named)).toThrow(expect.objectContaining({ reason: 'INVALID_ARGUMENT' }));
    }
  });
});
