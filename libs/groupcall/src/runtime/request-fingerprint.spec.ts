import type { CreateGroupcallInput } from '../commands/create-groupcall/create-groupcall.command.js';
import { requestFingerprint } from './request-fingerprint.js';

const AGENT = 'abcdef00-0000-4000-8000-00000000000a';
const request: CreateGroupcallInput = {
  customerId: 'abcdef00-0000-4000-8000-00000000000c',
  flowId: 'abcdef00-0000-4000-8000-00000000000f',
  masterCallId: 'abcdef00-0000-4000-8000-0000000000cc',
  destinations: [
    { type: 'tel', target: '+15551230000' },
    { type: 'groupcall', destinations: [{ type: 'agent', target: AGENT }] },
  ],
};
const change = (part: Partial<CreateGroupcallInput>) => requestFingerprint({ ...request, ...part });

describe('The fingerprint of a request', () => {
  const same = requestFingerprint(request);

  it.each<[string, Partial<CreateGroupcallInput>]>([
    ['customer_id in upper case', { customerId: request.customerId.toUpperCase() }],
    ['flow_id in upper case', { flowId: request.flowId!.toUpperCase() }],
    ['master_call_id in upper case', { masterCallId: request.masterCallId!.toUpperCase() }],
    [
      'an agent in upper case, within a nested groupcall',
      {
        destinations: [
          request.destinations[0],
          { type: 'groupcall', destinations: [{ type: 'agent', target: AGENT.toUpperCase() }] },
        ],
      },
    ],
    [
      'another order of keys',
      { destinations: [{ target: '+15551230000', type: 'tel' }, request.destinations[1]] },
    ],
    ['an id and a key', { id: AGENT, idempotencyKey: 'key' }],
  ])('is the same with %s', (_what, part) => {
    expect(change(part)).toBe(same);
  });

  it.each<[string, Partial<CreateGroupcallInput>]>([
    ['flow', { flowId: AGENT }],
    ['master call', { masterCallId: AGENT }],
    ['customer', { customerId: AGENT }],
    ['ring method', { ringMethod: 'linear' }],
    ['answer method', { answerMethod: '' }],
    ['ring time', { dialTimeout: 5_000 }],
    ['ring time, the default spelt out', { dialTimeout: 30_000 }],
    ['source', { source: { type: 'tel', target: '+15551239999' } }],
    ['order of destinations', { destinations: [...request.destinations].reverse() }],
  ])('is another one for another %s', (_what, part) => {
    expect(change(part)).not.toBe(same);
  });
});
