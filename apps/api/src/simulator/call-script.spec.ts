import { callScriptOf } from './call-script.js';

const sip = (target: string) => callScriptOf({ type: 'sip', target });
const ring = { does: 'ring', answersOnCancel: false };

describe('The script of a simulated call', () => {
  it.each([
    ['answer@sim', { does: 'answer', after: 0, talk: null }],
    ['answer-after-2s@sim', { does: 'answer', after: 2_000, talk: null }],
    ['answer-hangup-after-500ms@sim', { does: 'answer', after: 0, talk: 500 }],
    ['answer-after-2s-hangup-after-5s@sim', { does: 'answer', after: 2_000, talk: 5_000 }],
    ['answer-after-0ms@sim', { does: 'answer', after: 0, talk: null }],
    ['busy@sim', { does: 'end', after: 0, reason: 'busy' }],
    ['busy-after-750ms@sim', { does: 'end', after: 750, reason: 'busy' }],
    ['reject@sim', { does: 'end', after: 0, reason: 'rejected' }],
    ['reject-after-1s@sim', { does: 'end', after: 1_000, reason: 'rejected' }],
    ['fail@sim', { does: 'refuse' }],
    ['noanswer@sim', ring],
    ['ring@sim', ring],
    ['answer-on-cancel@sim', { does: 'ring', answersOnCancel: true }],
  ])('%s', (target, script) => {
    expect(sip(target)).toEqual(script);
  });

  it('is found behind a scheme and before a port, parameters and headers', () => {
    expect(sip('sip:busy@sim:5060;transport=tcp?Subject=x')).toEqual({
      does: 'end',
      after: 0,
      reason: 'busy',
    });
  });

  it.each([
    'alice@sim',
    'answer-after-2h@sim',
    'answer-after-@sim',
    'answer-2s@sim',
    'xbusy@sim',
    'ANSWER@sim',
    'busy@simulator',
    'busy@example.com',
  ])('of %s is to ring', (target) => {
    expect(sip(target)).toEqual(ring);
  });

  it('of a telephone number is to ring, whatever the number says', () => {
    expect(callScriptOf({ type: 'tel', target: 'fail@sim' })).toEqual(ring);
    expect(callScriptOf({ type: 'tel', target: '+15551234567' })).toEqual(ring);
  });
});
