import { SignJWT } from 'jose';
import { AccessTokens } from './access-tokens.js';
import type { Caller } from './caller.js';
import { SharedSecrets } from './token-keys.js';
import { VerifiedTokens } from './verified-tokens.js';

const caller = (expiresAt = 0) => ({ role: 'customer_admin', expiresAt }) as Caller;

describe('a token that was found good', () => {
  let now = 1_000;
  const cache = (most?: number) => new VerifiedTokens(most, () => now);

  it('is known until its end, and not a millisecond longer', () => {
    const tokens = cache();
    tokens.keep('a', caller(), 'keys', 2_000);
    now = 1_999;
    expect(tokens.find('a', 'keys')).toEqual(caller());
    now = 2_000;
    expect(tokens.find('a', 'keys')).toBeUndefined();
    now = 1_999;
    expect(tokens.find('a', 'keys')).toBeUndefined();
  });

  it('is not known any more when other keys are trusted, or nobody can say which', () => {
    const tokens = cache();
    tokens.keep('a', caller(), 1, 9_000);
    tokens.keep('b', caller(), NaN, 9_000);
    expect(tokens.find('a', 2)).toBeUndefined();
    expect(tokens.find('b', NaN)).toBeUndefined();
  });

  it('makes room for others: there are never more than so many', () => {
    const tokens = cache(2);
    for (const token of ['a', 'b', 'c']) tokens.keep(token, caller(), 1, 9_000);
    expect(['a', 'b', 'c'].map((token) => tokens.find(token, 1) !== undefined)).toEqual([false, true, true]);
  });
});

describe('access tokens', () => {
  const settings = { secret: 's'.repeat(40), issuer: 'groupcall', audience: 'groupcall-api' };
  const claims = { role: 'customer_admin', customerId: '01890a5d-ac96-774b-bcce-b302099a8057' } as const;

  it('are checked with the key once, and give the same caller again', async () => {
    const check = jest.spyOn(SharedSecrets.prototype, 'verify');
    const tokens = new AccessTokens(settings);
    const token = await tokens.issue(claims, '1h');
    expect(await tokens.verify(token)).toBe(await tokens.verify(token));
    expect(check).toHaveBeenCalledTimes(1);
  });

  it('are refused each time when they are bad, also one that differs from a good one in its last character', async () => {
    const tokens = new AccessTokens(settings);
    const token = await tokens.issue(claims, '1h');
    await tokens.verify(token);
    // The first characters of the signature: the last one has bits that do not count.
    const at = token.lastIndexOf('.') + 1;
    const forged = `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
    for (let time = 0; time < 2; time += 1) await expect(tokens.verify(forged)).rejects.toThrow(/signature/);
  });

  it('end with the tolerance with which they are checked, known or not', async () => {
    const end = Math.floor(Date.now() / 1_000) + 60;
    const tokens = new AccessTokens(settings);
    const token = await new SignJWT({ role: claims.role, customer_id: claims.customerId })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer(settings.issuer)
      .setAudience(settings.audience)
      .setExpirationTime(end)
      .sign(new TextEncoder().encode(settings.secret));
    await tokens.verify(token);
    jest.useFakeTimers({
      now: (end + 30) * 1_000 - 1,
      doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'],
    });
    await expect(tokens.verify(token)).resolves.toMatchObject({ expiresAt: end * 1_000 });
    await expect(new AccessTokens(settings).verify(token)).resolves.toMatchObject({ expiresAt: end * 1_000 });
    jest.setSystemTime((end + 30) * 1_000);
    for (const checker of [tokens, new AccessTokens(settings)])
      await expect(checker.verify(token)).rejects.toThrow(/exp/);
    jest.useRealTimers();
  });
});
