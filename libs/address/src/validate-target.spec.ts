import vectors from '../test-vectors/address.json' with { type: 'json' };
import { isValidTarget, uuidOfTarget } from './index.js';

const id = 'a04a1f51-2495-48a5-9012-8081aa90b902';

describe('validating a target', () => {
  it.each(vectors.validate)('agrees with the platform: $name ($type $target)', ({ type, target, valid }) => {
    expect(isValidTarget(type, target)).toBe(valid);
  });

  it.each(['+1234567', '+123456789012345'])('takes a phone number of 7 to 15 digits: %s', (target) => {
    expect(isValidTarget('tel', target)).toBe(true);
    expect(isValidTarget('whatsapp', target)).toBe(true);
  });

  it.each(['+123456', '+1234567890123456', '', '+', '++1234567', '+1234567\u0665', '\n+1234567'])(
    'refuses %j as a phone number',
    (target) => {
      expect(isValidTarget('tel', target)).toBe(false);
      expect(isValidTarget('whatsapp', target)).toBe(false);
    },
  );

  it.each([
    'answer-after-2s@sim',
    'alice@example.com:5060',
    'user:Pass@host.com',
    'sips:alice@host_1.local',
    'alice@[2001:db8::1]:5060',
    'alice@192.0.2.7',
    'alice@host.com;transport=tcp?X=1&Y=2@3',
    'sip:7002@211.200.20.28:53941;transport=udp;alias=211.200.20.28~53941~1',
  ])('takes %s as a sip address', (target) => {
    expect(isValidTarget('sip', target)).toBe(true);
  });

  it.each([
    'sip:@example.com',
    ':secret@example.com',
    'a@b@example.com',
    'a b@example.com',
    'a@exa mple.com',
    'a@example.com&SIP/trunk',
    'a@example.com:0',
    'a@example.com:65536',
    'a@example.com:50600000',
    'a@example.com:',
    'a@[2001:db8::1',
    'a@bücher.example',
    'host.com;x=a@b',
    ' a@example.com',
    'a@;transport=tcp',
  ])('refuses %s as a sip address', (target) => {
    expect(isValidTarget('sip', target)).toBe(false);
  });

  it('takes one mailbox as an email address, not a list and not a group', () => {
    expect(isValidTarget('email', '"Doe, J." <doe@example.com>')).toBe(true);
    expect(isValidTarget('email', 'ä@example.com')).toBe(true);
    expect(isValidTarget('email', 'a@example.com, b@example.com')).toBe(false);
    expect(isValidTarget('email', 'team: a@example.com;')).toBe(false);
    expect(isValidTarget('email', 'a@example.com\r\nBcc: b@example.com')).toBe(false);
  });

  it('refuses an email address beyond the length of a line without parsing it', () => {
    expect(isValidTarget('email', `${'('.repeat(200_000)}@example.com`)).toBe(false);
  });

  it('takes an extension that is named by its target or by its target name', () => {
    expect(isValidTarget('extension', '2000')).toBe(true);
    expect(isValidTarget('extension', '', 'front desk')).toBe(true);
    expect(isValidTarget('extension', '')).toBe(false);
    expect(isValidTarget('extension', ' ', ' ')).toBe(false);
  });

  it('lets a target name save no other type', () => {
    expect(isValidTarget('tel', '', '+15551234567')).toBe(false);
    expect(isValidTarget('agent', '', id)).toBe(false);
  });

  it.each(['agent', 'conference', 'line', 'webchat', 'web_session'])(
    'takes a UUID, and not the nil one, for %s',
    (type) => {
      expect(isValidTarget(type, id)).toBe(true);
      expect(isValidTarget(type, '00000000-0000-0000-0000-000000000000')).toBe(false);
      expect(isValidTarget(type, `${id}\n`)).toBe(false);
      expect(isValidTarget(type, ` ${id}`)).toBe(false);
    },
  );

  it('asks nothing of the target of an inline groupcall', () => {
    expect(isValidTarget('groupcall', '')).toBe(true);
  });
});

describe('the UUID that a target names', () => {
  it('is the same one in all its spellings', () => {
    for (const text of [
      id,
      id.toUpperCase(),
      id.replaceAll('-', ''),
      `urn:uuid:${id}`,
      `URN:UUID:${id.toUpperCase()}`,
    ]) {
      expect(uuidOfTarget(text)).toBe(id);
    }
  });

  it('is nothing for the nil UUID in any spelling, and for half a spelling', () => {
    for (const text of [
      '0'.repeat(32),
      `{${id}}`,
      `urn:uuid:${id.replaceAll('-', '')}`,
      `urn:uuid:urn:uuid:${id}`,
      '',
      'urn:uuid:',
    ]) {
      expect(uuidOfTarget(text)).toBeNull();
    }
  });
});
