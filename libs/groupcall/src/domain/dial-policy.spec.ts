import { toAddress } from '@groupcall/address';
import { whyForbidden } from './dial-policy.js';

const tel = (target: string) => toAddress({ type: 'tel', target });
const sip = (target: string) => toAddress({ type: 'sip', target });
const OPEN = { telPrefixes: [], sipHosts: [] };
const HOME = {
  telPrefixes: ['+49', '+1555'],
  sipHosts: ['pbx.example.com', '*.branch.example.com', '192.0.2.7', '2001:db8::1'],
};

describe('where calls may go', () => {
  it('is everywhere when nobody has said otherwise', () => {
    expect(whyForbidden(tel('+8821234567'), OPEN)).toBeNull();
    expect(whyForbidden(sip('a@evil.example'), OPEN)).toBeNull();
  });

  it.each(['+4915112345678', '+15551230000'])('is to numbers with an allowed beginning: %s', (number) => {
    expect(whyForbidden(tel(number), HOME)).toBeNull();
  });

  it.each(['+15541230000', '+8821234567', '+4', '+2524912345'])('is not to other numbers: %s', (number) => {
    expect(whyForbidden(tel(number), HOME)).toBe(
      'may not be dialled here; allowed are numbers that begin with +49, +1555',
    );
  });

  it.each([
    'anna@pbx.example.com',
    'anna@PBX.example.com:5061;transport=tls',
    'anna@pbx.example.com.',
    'anna@a.branch.example.com',
    'anna@192.0.2.7:5060',
    'anna@[2001:db8::1]:5060',
    'an@na@pbx.example.com',
  ])('is to allowed sip hosts: %s', (target) => {
    expect(whyForbidden(sip(target), HOME)).toBeNull();
  });

  it.each([
    'anna@evil.example',
    'anna@pbx.example.com.evil.example',
    'anna@evilpbx.example.com',
    'anna@branch.example.com',
    'anna@evilbranch.example.com',
    'anna@169.254.169.254',
    'anna@192.0.2.70',
    'anna@[2001:db8::2]',
    'anna@evil.example;maddr=pbx.example.com',
    'anna@evil.example?Route=sip:x@pbx.example.com',
    'pbx.example.com@evil.example',
  ])('is not to other hosts, however they are written: %s', (target) => {
    expect(whyForbidden(sip(target), HOME)).toMatch(/^may not be dialled here; allowed are the hosts pbx/);
  });

  it('is not a question for what is no call itself', () => {
    expect(whyForbidden(toAddress({ type: 'agent', target: 'x' }), HOME)).toBeNull();
  });

  it('names a long list in part', () => {
    const telPrefixes = Array.from({ length: 12 }, (_, index) => `+${index + 20}`);
    expect(whyForbidden(tel('+1555000000'), { ...OPEN, telPrefixes })).toMatch(/\+29 and 2 more$/);
  });
});
