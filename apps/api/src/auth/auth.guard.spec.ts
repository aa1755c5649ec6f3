import { createHmac } from 'node:crypto';
import { SignJWT } from 'jose';
import { ApiError } from '../http/api-error.js';
import { AccessTokens } from './access-tokens.js';
import { authenticate } from './auth.guard.js';

const CUSTOMER = '01890a5d-ac96-774b-bcce-b302099a8057';
const AGENT = '01890a5d-ac96-774b-bcce-b302099a8058';
const SETTINGS = { secret: 'x'.repeat(64), issuer: 'groupcall', audience: 'groupcall-api' };
const tokens = new AccessTokens(SETTINGS);
const key = new TextEncoder().encode(SETTINGS.secret);
const bearer = (token: string) => authenticate(tokens, `Bearer ${token}`);

const now = () => Math.floor(Date.now() / 1000);

/** A token that is right, except for what is said here; undefined leaves a claim out. */
function signed(claims: Record<string, unknown>, alg = 'HS256'): Promise<string> {
  const right = {
    role: 'customer_admin',
    customer_id: CUSTOMER,
    iss: SETTINGS.issuer,
    aud: SETTINGS.audience,
    exp: now() + 3_600,
  };
  return new SignJWT({ ...right, ...claims }).setProtectedHeader({ alg }).sign(key);
}
const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('an access token', () => {
  it('that we issued says who calls', async () => {
    const token = await tokens.issue(
      { role: 'customer_agent', customerId: CUSTOMER.toUpperCase(), agentId: AGENT },
      '1h',
    );
    await expect(bearer(token)).resolves.toEqual({
      role: 'customer_agent',
      customerId: CUSTOMER,
      agentId: AGENT,
      expiresAt: expect.any(Number),
    });
  });

  it('says when it ends', async () => {
    const exp = now() + 90;
    expect((await bearer(await signed({ exp }))).expiresAt).toBe(exp * 1_000);
  });

  it('of a platform administrator needs no customer', async () => {
    const token = await tokens.issue({ role: 'platform_admin' }, '1h');
    await expect(bearer(token)).resolves.toEqual({
      role: 'platform_admin',
      customerId: null,
      agentId: null,
      expiresAt: expect.any(Number),
    });
  });

  it.each([
    ['expired', () => signed({ exp: now() - 61 })],
    ['not valid yet', () => signed({ nbf: now() + 120 })],
    ['without an end', () => signed({ exp: undefined })],
    ['without an issuer', () => signed({ iss: undefined })],
    ['without an audience', () => signed({ aud: undefined })],
    ['of another issuer', () => signed({ iss: 'somebody' })],
    ['for another audience', () => signed({ aud: 'another-api' })],
    ['signed with another algorithm', () => signed({}, 'HS384')],
    ['with an unknown role', () => signed({ role: 'root' })],
    ['without a customer', () => signed({ customer_id: undefined })],
    ['with a customer that is no UUID', () => signed({ customer_id: "x' OR '1'='1" })],
    ['with the nil UUID as customer', () => signed({ customer_id: '00000000-0000-0000-0000-000000000000' })],
    ['of an agent that has no id', () => signed({ role: 'customer_agent' })],
    [
      'of an agent with the nil id',
      () => signed({ role: 'customer_agent', agent_id: '00000000-0000-0000-0000-000000000000' }),
    ],
  ])('%s is refused', async (_, make) => {
    const refusal = bearer(await make());
    await expect(refusal).rejects.toMatchObject({ reason: 'UNAUTHENTICATED' });
  });

  it('with alg none is refused', async () => {
    const claims = { role: 'platform_admin', iss: 'groupcall', aud: 'groupcall-api', exp: 4_000_000_000 };
    await expect(bearer(`${base64({ alg: 'none' })}.${base64(claims)}.`)).rejects.toBeInstanceOf(ApiError);
    const mac = createHmac('sha256', '').update('x').digest('base64url');
    await expect(bearer(`${base64({ alg: 'none' })}.${base64(claims)}.${mac}`)).rejects.toBeInstanceOf(
      ApiError,
    );
  });

  it('within a minute of clock difference is accepted', async () => {
    const token = await signed({ exp: now() - 10 });
    await expect(bearer(token)).resolves.toMatchObject({ customerId: CUSTOMER });
  });

  it.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'Basic YWRtaW46eA==',
    'Bearer a b',
    `Bearer ${'a'.repeat(10_000)}`,
  ])('must be there and look like one: %j', async (header) => {
    await expect(authenticate(tokens, header)).rejects.toMatchObject({ reason: 'UNAUTHENTICATED' });
  });

  it('is not issued with claims that would be refused', async () => {
    await expect(tokens.issue({ role: 'customer_agent', customerId: CUSTOMER }, '1h')).rejects.toThrow(
      'agent_id',
    );
    await expect(tokens.issue({ role: 'customer_admin' }, '1h')).rejects.toThrow('customer_id');
  });
});
