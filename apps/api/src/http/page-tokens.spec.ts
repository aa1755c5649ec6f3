import { ApiError } from './api-error.js';
import { PageTokens } from './page-tokens.js';

const POSITION = { tmCreate: 1_767_323_045_678.25, id: '01890a5d-ac96-774b-bcce-b302099a8057' };
const ABOUT = ['groupcalls', 'customer-1', { status: 'hangup' }];

describe('page tokens', () => {
  const tokens = new PageTokens('secret');
  const token = tokens.issue(POSITION, ABOUT);

  it('lead back to their position, also in another process with the same secret', () => {
    expect(new PageTokens('secret').read(token, ABOUT)).toEqual(POSITION);
  });

  it('are empty when there is no more, and an empty one starts from the top', () => {
    expect(tokens.issue(null, ABOUT)).toBe('');
    expect(tokens.read('', ABOUT)).toBeNull();
    expect(tokens.read(undefined, ABOUT)).toBeNull();
  });

  it('do not show what they say', () => {
    expect(token).not.toContain('01890a5d');
    expect(token).toMatch(/^[\w-]+$/);
  });

  it.each([
    ['of another customer', token, ['groupcalls', 'customer-2', { status: 'hangup' }]],
    ['of another filter', token, ['groupcalls', 'customer-1', {}]],
    ['of another list', token, ['calls', 'customer-1', { status: 'hangup' }]],
    ['of another server', new PageTokens('other').issue(POSITION, ABOUT), ABOUT],
    ['cut short', token.slice(0, -4), ABOUT],
    ['that are garbled', 'not-a-token', ABOUT],
    ['that are not canonical', `${token}=`, ABOUT],
  ])('%s are refused', (_, given, about) => {
    expect(() => tokens.read(given, about)).toThrow(ApiError);
  });

  it('with any single bit turned are refused', () => {
    const bytes = Buffer.from(token, 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const turned = Buffer.from(bytes);
      turned[bit >> 3] ^= 1 << (bit & 7);
      expect(() => tokens.read(turned.toString('base64url'), ABOUT)).toThrow('page_token');
    }
  });
});
