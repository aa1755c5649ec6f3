import { NIL_UUID } from '@groupcall/shared';
import { GroupcallError } from '../../domain/groupcall-error.js';
import { DEFAULT_LIMITS } from '../../groupcall.options.js';
import { CUSTOMER, phone } from '../../testing/scenario/index.js';
import { validateCreate } from './create-groupcall.validate.js';

/** The paths of what is wrong with a request, [] when nothing is. */
function badFields(request: Record<string, unknown>): string[] {
  try {
    validateCreate({ customerId: CUSTOMER, destinations: [phone('anna')], ...request }, DEFAULT_LIMITS);
    return [];
  } catch (error) {
    if (!(error instanceof GroupcallError)) throw error;
    expect(error.reason).toBe('INVALID_ARGUMENT');
    return error.details.map(({ field }) => field);
  }
}

const nested = (extra: Record<string, unknown>) => ({
  destinations: [{ type: 'groupcall', destinations: [phone('anna')], ...extra }],
});

describe('a request that says something wrong names the field by its path', () => {
  it.each<[string, Record<string, unknown>, string[]]>([
    ['no customer', { customerId: undefined }, ['customer_id']],
    ['a customer that is no UUID', { customerId: 'acme' }, ['customer_id']],
    ['the nil customer', { customerId: NIL_UUID }, ['customer_id']],
    ['no destinations', { destinations: undefined }, ['destinations']],
    ['an empty list of destinations', { destinations: [] }, ['destinations']],
    ['destinations that are no list', { destinations: { 0: phone('anna') } }, ['destinations']],
    [
      'a destination that is a text',
      { destinations: ['+15551230000'] },
      ['destinations[0]', 'destinations[0].type'],
    ],
    ['a destination that is null', { destinations: [null] }, ['destinations[0]', 'destinations[0].type']],
    [
      'a type that does not exist',
      { destinations: [phone('anna'), { type: 'fax', target: '1' }] },
      ['destinations[1].type'],
    ],
    [
      'a type in capitals',
      { destinations: [{ type: 'TEL', target: '+15551230000' }] },
      ['destinations[0].type'],
    ],
    [
      'a type that cannot be rung',
      { destinations: [{ type: 'email', target: 'anna@example.com' }] },
      ['destinations[0].type'],
    ],
    ['no type', { destinations: [{ target: '+15551230000' }] }, ['destinations[0].type']],
    [
      'a number without +',
      { destinations: [{ type: 'tel', target: '5551230000' }] },
      ['destinations[0].target'],
    ],
    [
      'a number that is too short',
      { destinations: [{ type: 'tel', target: '+123' }] },
      ['destinations[0].target'],
    ],
    [
      'a number that hides a second one',
      { destinations: [{ type: 'tel', target: '+15551230000&+15551230001' }] },
      ['destinations[0].target'],
    ],
    [
      'a sip address without host',
      { destinations: [{ type: 'sip', target: 'anna' }] },
      ['destinations[0].target'],
    ],
    [
      'a line break in a name',
      { destinations: [{ ...phone('anna'), name: 'Anna\r\nVia: evil' }] },
      ['destinations[0].name'],
    ],
    [
      'a text that is too long',
      { destinations: [{ ...phone('anna'), detail: 'x'.repeat(256) }] },
      ['destinations[0].detail'],
    ],
    [
      'a target that is a number',
      { destinations: [{ type: 'tel', target: 15551230000 }] },
      ['destinations[0].target'],
    ],
    [
      'an agent without id',
      { destinations: [{ type: 'agent', target: 'smith' }] },
      ['destinations[0].target'],
    ],
    ['an extension without name', { destinations: [{ type: 'extension' }] }, ['destinations[0].target']],
    [
      'a key that is not known',
      { destinations: [{ ...phone('anna'), status: 'hangup' }] },
      ['destinations[0].status'],
    ],
    [
      'ring method, ring time and destinations where no groupcall is',
      { destinations: [{ ...phone('anna'), ring_method: 'linear', dial_timeout: 1_000, destinations: [] }] },
      ['destinations[0].ring_method', 'destinations[0].dial_timeout', 'destinations[0].destinations'],
    ],
    ['an answer method for a child', nested({ answer_method: '' }), ['destinations[0].answer_method']],
    [
      'a nested groupcall without destinations',
      nested({ destinations: undefined }),
      ['destinations[0].destinations'],
    ],
    ['a nested groupcall with none', nested({ destinations: [] }), ['destinations[0].destinations']],
    [
      'something wrong deep inside',
      nested({
        destinations: [phone('anna'), { type: 'groupcall', destinations: [{ type: 'tel', target: '1' }] }],
      }),
      ['destinations[0].destinations[1].destinations[0].target'],
    ],
    ['a ring method of a child', nested({ ring_method: 'random' }), ['destinations[0].ring_method']],
    ['a ring time of a child', nested({ dial_timeout: 1 }), ['destinations[0].dial_timeout']],
    ['a ring method', { ringMethod: 'random' }, ['ring_method']],
    ['a ring method in capitals', { ringMethod: 'LINEAR' }, ['ring_method']],
    ['an answer method', { answerMethod: 'none' }, ['answer_method']],
    ['an answer method that is null', { answerMethod: null }, ['answer_method']],
    ['a flow', { flowId: '1' }, ['flow_id']],
    ['a master call', { masterCallId: 'x' }, ['master_call_id']],
    ['a ring time of 0', { dialTimeout: 0 }, ['dial_timeout']],
    ['a negative ring time', { dialTimeout: -1_000 }, ['dial_timeout']],
    ['a ring time below the least', { dialTimeout: 999 }, ['dial_timeout']],
    ['a ring time above the most', { dialTimeout: 600_001 }, ['dial_timeout']],
    ['a ring time of 2^31', { dialTimeout: 2 ** 31 }, ['dial_timeout']],
    ['half a millisecond', { dialTimeout: 1_500.5 }, ['dial_timeout']],
    ['a ring time that is not a number', { dialTimeout: NaN }, ['dial_timeout']],
    ['a ring time that is a text', { dialTimeout: '30000' }, ['dial_timeout']],
    ['a source that is a text', { source: '+15551230000' }, ['source']],
    ['a source with a bad number', { source: { type: 'tel', target: 'abc' } }, ['source.target']],
    [
      'a source with a key of a destination',
      { source: { type: 'tel', target: '+15551230000', destinations: [] } },
      ['source.destinations'],
    ],
    [
      'several things at once',
      {
        ringMethod: 'x',
        dialTimeout: 1,
        destinations: [{ type: 'tel', target: '' }, phone('anna'), { type: 'sip', target: 'x' }],
      },
      ['destinations[0].target', 'destinations[2].target', 'ring_method', 'dial_timeout'],
    ],
  ])('%s', (_what, request, fields) => {
    expect(badFields(request)).toEqual(fields);
  });

  it('never repeats a key that is not harmless', () => {
    const [field] = badFields({ destinations: [{ ...phone('anna'), ['<script>\n']: '1' }] });
    expect(field).toBe('destinations[0].?script??');
  });

  it('does not count problems for ever', () => {
    const many = Array.from({ length: 100 }, () => ({ type: 'tel', target: '' }));
    expect(badFields({ destinations: many })).toHaveLength(50);
  });
});

describe('a request that is right', () => {
  it.each<[string, Record<string, unknown>]>([
    ['the shortest ring time', { dialTimeout: 1_000 }],
    ['the longest ring time', { dialTimeout: 600_000 }],
    ['an empty ring method', { ringMethod: '' }],
    ['an empty answer method', { answerMethod: '' }],
    ['a source without anything', { source: {} }],
    [
      'a nested groupcall with all it may say',
      nested({ target_name: 'sales', ring_method: 'linear', dial_timeout: 20_000 }),
    ],
    ['the same destination twice', { destinations: [phone('anna'), phone('anna')] }],
    ['100 destinations', { destinations: Array.from({ length: 100 }, () => phone('anna')) }],
  ])('may have %s', (_what, request) => {
    expect(badFields(request)).toEqual([]);
  });

  it('means ring_all, hangup_others, 30 seconds and nobody where it says nothing', () => {
    const request = validateCreate({ customerId: CUSTOMER, destinations: [phone('anna')] }, DEFAULT_LIMITS);
    expect(request).toMatchObject({
      ringMethod: 'ring_all',
      answerMethod: 'hangup_others',
      dialTimeout: 30_000,
      flowId: NIL_UUID,
      masterCallId: NIL_UUID,
      source: { type: '', target: '', target_name: '', name: '', detail: '' },
    });
  });

  it('keeps the ids of a request in lower case', () => {
    const request = validateCreate(
      {
        customerId: CUSTOMER.toUpperCase(),
        destinations: [phone('anna')],
        masterCallId: CUSTOMER.toUpperCase(),
      },
      DEFAULT_LIMITS,
    );
    expect(request).toMatchObject({ customerId: CUSTOMER, masterCallId: CUSTOMER });
  });
});
