import { NIL_UUID } from '@groupcall/shared';
import {
  agent,
  alarmAfter,
  answers,
  cannotResolve,
  create,
  createLinear,
  ends,
  extension,
  given,
  group,
  hangup,
  limited,
  line,
  noLegsLeft,
  phone,
  resolves,
  send,
  uuidOf,
  type Step,
} from '../../testing/scenario/index.js';
import type { Resolution } from '../../domain/resolution.js';
import type { TreeState } from '../../domain/tree-state.js';
import { resolvingNamed } from '../../testing/scenario/names.js';
import { HandleResolutionCommand } from './handle-resolution.command.js';

/** The directory says this about the one that waits, told as it came: types are only a promise. */
function directorySays(name: string, resolution: unknown): Step {
  return send(
    (state) =>
      new HandleResolutionCommand({
        rootId: state.rootId,
        ...resolvingNamed(state, name),
        resolution: resolution as Resolution,
      }),
  );
}

describe('an agent among other destinations', () => {
  it("becomes a child with the agent's addresses, in their order", () => {
    const scenario = given(create([phone('anna'), agent('smith')]))
      .when(resolves('smith', [phone('desk'), phone('mobile')]))
      .then({
        dials: ['desk', 'mobile'],
        publishes: ['groupcall_created smith'],
        groupcalls: { smith: 'progressing' },
      });
    expect(scenario.groupcall('smith')).toMatchObject({
      owner_type: 'agent',
      owner_id: uuidOf('agent smith'),
      master_groupcall_id: scenario.state.rootId,
      ring_method: 'ring_all',
      call_ids: [scenario.leg('desk').id, scenario.leg('mobile').id],
    });
    expect(scenario.groupcall('root')).toMatchObject({
      owner_id: NIL_UUID,
      groupcall_ids: [scenario.groupcall('smith').id],
      call_count: 1,
      groupcall_count: 1,
    });
  });

  it("rings by the agent's own method, for as long as the parent says", () => {
    const scenario = given(create([phone('anna'), agent('smith')], { dialTimeout: 8_000 }))
      .when(resolves('smith', [phone('desk'), phone('mobile')], { ringMethod: 'linear' }))
      .then({ dials: ['desk'] })
      .when(alarmAfter(8_000))
      .then({
        dials: ['mobile'],
        hangsUp: [
          ['anna', 'dialout'],
          ['desk', 'dialout'],
        ],
      });
    expect(scenario.groupcall('smith')).toMatchObject({ ring_method: 'linear', dial_timeout: 8_000 });
  });

  it('may be reached at an extension, which is then asked for in its turn', () => {
    given(create([phone('anna'), agent('smith')]))
      .when(resolves('smith', [extension('2000'), phone('mobile')], { ringMethod: 'linear' }))
      .then({ asks: ['2000'], dials: [] })
      .when(resolves('2000', [phone('handset')]))
      .then({ dials: ['handset'] })
      .when(ends('handset', 'busy'))
      .then({ dials: ['mobile'], groupcalls: { 2000: 'hangup busy', smith: 'progressing' } });
  });

  it('keeps its place in call order: groupcall_ids are in destination order, whoever was found first', () => {
    const scenario = given(
      create([agent('smith'), agent('jones')]),
      resolves('jones', [phone('b')]),
      resolves('smith', [phone('a')]),
    );
    expect(scenario.groupcall('root').groupcall_ids).toEqual(
      ['smith', 'jones'].map((name) => scenario.groupcall(name).id),
    );
  });
});

describe('an extension', () => {
  it('becomes a child with one leg per registered contact', () => {
    const scenario = given(create([phone('anna'), extension('2000')]))
      .when(resolves('2000', [phone('handset'), phone('softphone')]))
      .then({ dials: ['handset', 'softphone'] });
    expect(scenario.groupcall('2000')).toMatchObject({
      owner_type: '',
      owner_id: NIL_UUID,
      ring_method: 'ring_all',
    });
  });

  it('belongs to the agent whom the directory names', () => {
    const scenario = given(
      create([phone('anna'), extension('2000')]),
      resolves('2000', [phone('handset')], { ownerId: uuidOf('agent smith').toUpperCase() }),
    );
    expect(scenario.groupcall('2000')).toMatchObject({
      owner_type: 'agent',
      owner_id: uuidOf('agent smith'),
    });
  });
});

describe('a root made for one agent or extension', () => {
  it("is itself that agent's groupcall, without an extra level", () => {
    const scenario = given(create([agent('smith')]))
      .when(resolves('smith', [phone('desk'), phone('mobile')], { ringMethod: 'linear' }))
      .then({ dials: ['desk'], publishes: [], groupcalls: { root: 'progressing' } });
    expect(scenario.state.groupcalls.size).toBe(1);
    expect(scenario.groupcall('root')).toMatchObject({
      owner_type: 'agent',
      owner_id: uuidOf('agent smith'),
      ring_method: 'linear',
      destinations: [{ target: 'desk@phones.test' }, { target: 'mobile@phones.test' }],
      call_ids: [scenario.leg('desk').id],
      groupcall_ids: [],
    });
  });

  it('gets the owner whom the directory names for an extension', () => {
    const scenario = given(
      create([extension('2000')]),
      resolves('2000', [phone('handset')], { ownerId: uuidOf('agent smith') }),
    );
    expect(scenario.groupcall('root')).toMatchObject({
      owner_type: 'agent',
      owner_id: uuidOf('agent smith'),
    });
  });

  it('does so once: an extension among its addresses is a child', () => {
    const scenario = given(
      create([agent('smith')]),
      resolves('smith', [extension('2000')]),
      resolves('2000', [phone('handset')]),
    );
    expect(scenario.groupcall('2000').master_groupcall_id).toBe(scenario.state.rootId);
    scenario.when(answers('handset')).then({
      publishes: [
        'groupcall_call_dialed handset',
        'groupcall_progressing 2000',
        'groupcall_progressing root',
      ],
    });
  });

  it('takes no answer about what it was for one about what it has become', () => {
    const told = directorySays('smith', {
      resolved: true,
      ringMethod: 'ring_all',
      destinations: [extension('2000')],
    });
    const waiting = given(create([agent('smith')]));
    const { command } = told(waiting);
    waiting
      .when(told)
      .when(send(command!))
      .thenNothing()
      .when(resolves('2000', [phone('handset')]))
      .then({
        dials: ['handset'],
      });
  });

  it('ends with failed when nobody knows it', () => {
    given(create([agent('smith')]))
      .when(cannotResolve('smith'))
      .then({ dials: [], publishes: ['groupcall_hangup root'], groupcalls: { root: 'hangup failed' } });
  });
});

describe('a destination that cannot be resolved', () => {
  it('in ring_all: the others ring on', () => {
    given(create([agent('smith'), phone('anna')]))
      .when(cannotResolve('smith'))
      .then({ dials: [], hangsUp: [], groupcalls: { root: 'progressing' }, legs: { anna: 'planned' } })
      .when(ends('anna', 'busy'))
      .then({ groupcalls: { root: 'hangup busy' } });
  });

  it('in linear: the next one is dialled', () => {
    given(createLinear([agent('smith'), phone('anna')]))
      .when(cannotResolve('smith'))
      .then({ dials: ['anna'] });
  });

  it('as the last of linear ends the groupcall', () => {
    given(createLinear([phone('anna'), agent('smith')]), ends('anna', 'rejected'))
      .when(cannotResolve('smith'))
      .then({ groupcalls: { root: 'hangup rejected' } });
  });

  it('when nothing could be dialled at all the groupcall ends with failed', () => {
    given(create([agent('smith'), group('desks', [extension('2000'), extension('2001')])]))
      .when(cannotResolve('smith'), cannotResolve('2000'), cannotResolve('2001'))
      .then({
        groupcalls: { desks: 'hangup failed', root: 'hangup failed' },
        publishes: ['groupcall_hangup desks', 'groupcall_hangup root'],
      });
  });

  it('may just as well be known without an address', () => {
    given(createLinear([agent('smith'), phone('anna')]))
      .when(resolves('smith', []))
      .then({ dials: ['anna'] });
  });
});

describe('a cycle', () => {
  it('through agents is refused, with its path named', () => {
    const scenario = given(
      create([agent('a'), phone('anna')]),
      resolves('a', [agent('b')]),
      // b's only address is a again.
    ).when(resolves('b', [agent('a')]));
    scenario.then({ asks: [], groupcalls: { a: 'hangup failed', b: 'hangup failed', root: 'progressing' } });
    const [a, b] = [uuidOf('agent a'), uuidOf('agent b')];
    expect(scenario.outcome.events).toContainEqual(
      expect.objectContaining({
        type: 'slot_failed',
        detail: `it would ring itself: agent ${a} → agent ${b} → agent ${a}`,
      }),
    );
  });

  it('through an extension back to the root is refused as well', () => {
    const scenario = given(create([agent('a')]), resolves('a', [extension('7'), phone('anna')])).when(
      resolves('7', [agent('a')]),
    );
    scenario.then({ asks: [], legs: { anna: 'planned' }, groupcalls: { 7: 'hangup failed' } });
    expect(scenario.outcome.events).toContainEqual(
      expect.objectContaining({
        detail: `it would ring itself: agent ${uuidOf('agent a')} → extension 7 → agent ${uuidOf('agent a')}`,
      }),
    );
  });

  it('is seen however the id is written', () => {
    const shouted = { ...agent('a'), target: `urn:uuid:${uuidOf('agent a').toUpperCase()}` };
    given(create([agent('a'), phone('anna')]))
      .when(resolves('a', [shouted]))
      .then({ asks: [], groupcalls: { a: 'hangup failed' } });
  });

  it('is none when the same agent is reached on two branches', () => {
    given(create([group('left', [agent('a')]), line('right', [agent('a')])])).then({ asks: ['a', 'a'] });
  });
});

describe('limits while resolving', () => {
  it('a destination that would be nested too deep has failed', () => {
    given(
      limited({ depth: 2 }),
      create([agent('smith'), phone('anna')]),
      resolves('smith', [extension('2000')]),
    )
      .when(resolves('2000', [phone('handset')]))
      .then({ dials: [], groupcalls: { smith: 'hangup failed', root: 'progressing' } });
  });

  it('legs beyond the most of a tree have failed, the others ring', () => {
    given(limited({ legsPerTree: 3 }), create([phone('anna'), agent('smith')]))
      .when(resolves('smith', [phone('a'), phone('b'), phone('c'), phone('d')]))
      .then({ dials: ['a', 'b'] })
      .when(ends('a', 'busy'), ends('b', 'busy'))
      .then({ groupcalls: { smith: 'hangup busy' } });
  });

  it.each([
    ['legs per tree', 5, 5],
    ['a thousand when there is no limit', 0, 1_000],
  ])('addresses of an endless list are cut off: %s', (_what, legsPerTree, rung) => {
    const addresses = Array.from({ length: 100_000 }, (_, index) => phone(`phone-${index}`));
    const scenario = given(limited({ legsPerTree }), create([agent('smith')]))
      .when(resolves('smith', addresses))
      .then({ dials: addresses.slice(0, rung).map((_, index) => `phone-${index}`) });
    const { destinations, slots } = scenario.state.groupcalls.get(scenario.state.rootId)!;
    expect(destinations).toHaveLength(rung + 1);
    expect(slots.at(-1)).toMatchObject({
      kind: 'failed',
      detail: `the directory lists 100000 addresses; at most ${rung} are rung`,
    });
  });

  it('agents of agents of agents are asked for as often as a tree may have legs', () => {
    const many = (from: string) => Array.from({ length: 4 }, (_, index) => agent(`${from}${index}`));
    const scenario = given(limited({ legsPerTree: 7 }), create([agent('a'), phone('anna')]))
      .when(resolves('a', many('b')))
      .then({ asks: ['b0', 'b1', 'b2', 'b3'] })
      .when(resolves('b0', many('c')))
      .then({ asks: ['c0', 'c1'] })
      .when(resolves('b1', many('d')))
      .then({ asks: [] });
    const groupcalls = [...scenario.state.groupcalls.values()];
    expect(groupcalls.flatMap(({ slots }) => slots).filter(({ kind }) => kind === 'failed')).toContainEqual({
      kind: 'failed',
      detail: 'the tree already has 7 agents and extensions',
    });
  });

  it('legs have failed when the customer has none left', () => {
    given(createLinear([agent('smith'), phone('anna')]), noLegsLeft)
      .when(resolves('smith', [phone('desk')]))
      .then({ dials: [], groupcalls: { smith: 'hangup failed', root: 'hangup failed' } });
  });
});

describe('an answer of the directory that comes too late', () => {
  const waiting = given(create([agent('smith'), phone('anna')]));
  const told = resolves('smith', [phone('desk')]);
  const again = send(told(waiting).command!);

  it('after somebody has answered rings nobody', () => {
    waiting.when(answers('anna')).when(told).thenNothing();
  });

  it('after the groupcall was hung up rings nobody', () => {
    waiting.when(hangup()).when(told).thenNothing();
  });

  it('after the end rings nobody', () => {
    waiting
      .when(hangup(), ends('anna', 'cancel'))
      .then({ groupcalls: { root: 'hangup cancel' } })
      .when(told)
      .thenNothing();
  });

  it('a second time changes nothing', () => {
    waiting.when(told).when(again).thenNothing();
    waiting.when(cannotResolve('smith')).when(again).thenNothing();
  });
});

describe('a directory is not trusted more than a request', () => {
  const asked = given(createLinear([agent('smith'), phone('anna')]));

  it('its addresses are brought into canonical form', () => {
    const scenario = asked.when(
      directorySays('smith', {
        resolved: true,
        ringMethod: 'ring_all',
        destinations: [{ type: 'tel', target: '+1 (555) 123-0000' }],
      }),
    );
    expect(scenario.groupcall('smith').destinations[0].target).toBe('+15551230000');
  });

  it('those that cannot be dialled have failed, the others ring', () => {
    asked
      .when(
        directorySays('smith', {
          resolved: true,
          ringMethod: 'linear',
          destinations: [
            { type: 'tel', target: '+15551230000&+15551230001' },
            { type: 'email', target: 'smith@example.com' },
            { type: 'groupcall', target: '' },
            null,
            phone('desk'),
            { type: 'sip', target: 'nowhere' },
          ],
        }),
      )
      .then({ dials: ['desk'] })
      .when(ends('desk', 'busy'))
      .then({ dials: ['anna'], groupcalls: { smith: 'hangup busy' } });
  });

  it.each([
    ['nothing at all', undefined],
    ['neither yes nor no', {}],
    ['yes without addresses', { resolved: true, ringMethod: 'ring_all' }],
    [
      'a ring method that does not exist',
      { resolved: true, ringMethod: 'random', destinations: [phone('desk')] },
    ],
    ['no without a reason', { resolved: false }],
  ])('%s counts as not found', (_what, resolution) => {
    asked
      .when(directorySays('smith', resolution))
      .then({ dials: ['anna'], groupcalls: { root: 'progressing' } });
  });

  it.each([undefined, ''])('a ring method of %p is ring_all', (ringMethod) => {
    asked
      .when(
        directorySays('smith', {
          resolved: true,
          ringMethod,
          destinations: [phone('desk'), phone('mobile')],
        }),
      )
      .then({ dials: ['desk', 'mobile'] });
  });

  describe('what no database keeps', () => {
    const bad = ['\u0000', '\ud83d', 'line\r\nbreak', '\u0085', 'x'.repeat(10_000), '🙂'.repeat(300)];

    it.each(bad)('in the reason why it found nothing is not stored: %j', (detail) => {
      const { state } = asked
        .when(directorySays('smith', { resolved: false, detail }))
        .then({ dials: ['anna'] });
      expectStorable(state);
    });

    it.each(bad)('in an address is not stored, and the others ring: %j', (text) => {
      const fields = ['type', 'target', 'target_name', 'name', 'detail'];
      const wrong = fields.map((field) => ({ type: 'sip', target: 'a@b', [field]: text }));
      const resolution = { resolved: true, ringMethod: 'ring_all', destinations: [...wrong, phone('desk')] };
      const { state } = asked.when(directorySays('smith', resolution)).then({ dials: ['desk'] });
      expectStorable(state);
    });

    it.each([
      ['an error', new Error('down'), 'down'],
      ['an object that is no text', Object.create(null), 'it is not in the directory'],
      ['a number', 7, 'it is not in the directory'],
    ])('the reason may be %s', (_what, detail, expected) => {
      const { state } = asked.when(directorySays('smith', { resolved: false, detail }));
      expect(state.groupcalls.get(state.rootId)!.slots[0]).toEqual({ kind: 'failed', detail: expected });
    });

    function expectStorable(state: TreeState): void {
      const texts: string[] = [];
      JSON.stringify([...state.groupcalls.values(), ...state.legs.values()], (_key, value: unknown) => {
        if (typeof value === 'string') texts.push(value);
        return value;
      });
      expect(texts.length).toBeGreaterThan(20);
      for (const text of texts) {
        expect(text).not.toMatch(/[\p{Cc}\p{Cs}]/u);
        expect([...text].length).toBeLessThanOrEqual(255);
      }
    }
  });

  it('an owner that is no id is none', () => {
    for (const ownerId of ['smith', 7]) {
      const scenario = asked.when(
        directorySays('smith', {
          resolved: true,
          ringMethod: 'ring_all',
          destinations: [phone('desk')],
          ownerId,
        }),
      );
      expect(scenario.groupcall('smith').owner_id).toBe(ownerId === 7 ? uuidOf('agent smith') : NIL_UUID);
    }
  });
});
