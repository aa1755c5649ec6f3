import { toAddress } from '@groupcall/address';
import { readAgent } from './agent.input.js';
import { readExtension } from './extension.input.js';

/** The paths that a refusal names. */
function fieldsRefusedBy(read: () => unknown): string[] {
  try {
    read();
  } catch (error) {
    expect(error).toMatchObject({ reason: 'INVALID_ARGUMENT' });
    return (error as { details: { field: string }[] }).details.map(({ field }) => field);
  }
  return [];
}

describe('An agent in a request', () => {
  it('is stored with addresses in canonical form, and rings all unless it says otherwise', () => {
    const addresses = [
      { type: 'tel', target: '+1 (555) 123-4567' },
      { type: 'sip', target: 'Alice@EXAMPLE.com', name: 'Alice' },
      { type: 'extension', target_name: '2000' },
    ];
    expect(readAgent({ addresses })).toEqual({
      ringMethod: 'ring_all',
      addresses: [
        toAddress({ type: 'tel', target: '+15551234567' }),
        toAddress({ type: 'sip', target: 'Alice@example.com', name: 'Alice' }),
        toAddress({ type: 'extension', target_name: '2000' }),
      ],
    });
    expect(readAgent({ ring_method: '', addresses: [] }).ringMethod).toBe('ring_all');
    expect(readAgent({ ring_method: 'linear', addresses: [] }).ringMethod).toBe('linear');
  });

  it('names every bad field by its path', () => {
    const body = {
      ring_method: 'random',
      customer_id: 'mine',
      addresses: [
        { type: 'tel', target: '+15551234567' },
        { type: 'tel', target: '123' },
        { type: 'conference', target: 'a04a1f51-2495-48a5-9012-8081aa90b902' },
        { type: 'sip', target: 'a@example.com', password: 'x' },
        'sip:a@example.com',
        { type: 'groupcall', target: '' },
      ],
    };
    expect(fieldsRefusedBy(() => readAgent(body))).toEqual([
      'customer_id',
      'ring_method',
      'addresses[1].target',
      'addresses[2].type',
      'addresses[3].password',
      'addresses[4].type',
      'addresses[5].type',
    ]);
  });

  it.each([undefined, null, [], 'agent', 7])('is not %j', (body) => {
    expect(fieldsRefusedBy(() => readAgent(body))).toEqual(['body']);
  });

  it('has a list of at most 100 addresses', () => {
    expect(fieldsRefusedBy(() => readAgent({}))).toEqual(['addresses']);
    expect(fieldsRefusedBy(() => readAgent({ addresses: {} }))).toEqual(['addresses']);
    const addresses = Array.from({ length: 101 }, (_, i) => ({ type: 'sip', target: `u${i}@example.com` }));
    expect(fieldsRefusedBy(() => readAgent({ addresses }))).toEqual(['addresses']);
    expect(readAgent({ addresses: addresses.slice(1) }).addresses).toHaveLength(100);
  });
});

describe('An extension in a request', () => {
  const AGENT = 'A04A1F51-2495-48A5-9012-8081AA90B902';

  it('is stored with contacts in canonical form and its owner', () => {
    expect(readExtension('2000', { contacts: ['alice@HOST.example:5060'], agent_id: AGENT })).toEqual({
      contacts: ['alice@host.example:5060'],
      agentId: AGENT.toLowerCase(),
    });
    const nobody = '00000000-0000-0000-0000-000000000000';
    expect(readExtension('2000', { contacts: [], agent_id: nobody }).agentId).toBeNull();
    expect(readExtension('2000', { contacts: [] }).agentId).toBeNull();
  });

  it('names every bad field by its path', () => {
    const body = { contacts: ['a@example.com', 'alice', 7, 'a|b@example.com'], agent_id: 'bob', owner: 1 };
    expect(fieldsRefusedBy(() => readExtension('20\n00', body))).toEqual([
      'name',
      'owner',
      'contacts[1]',
      'contacts[2]',
      'contacts[3]',
      'agent_id',
    ]);
    expect(fieldsRefusedBy(() => readExtension('2000', {}))).toEqual(['contacts']);
  });
});
