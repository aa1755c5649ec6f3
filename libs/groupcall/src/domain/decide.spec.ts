import {
  agent,
  alarmAfter,
  answers,
  create,
  createLinear,
  CUSTOMER,
  dialWas,
  ends,
  given,
  group,
  hangup,
  hangupOthers,
  line,
  phone,
  remove,
  resolves,
  rings,
  send,
  uuidOf,
  type Scenario,
} from '../testing/scenario/index.js';
import { HandleAnswerCommand } from '../commands/handle-answer/handle-answer.command.js';
import { HangupOthersCommand } from '../commands/hangup-others/hangup-others.command.js';
import { HangupCommand } from '../commands/hangup/hangup.command.js';
import { DEFAULT_LIMITS } from '../groupcall.options.js';
import { decide, decideOn } from './decide.js';
import type { PublicEvent } from './effect.js';
import { evolve } from './evolve.js';
import { emptyTree } from './tree-state.js';
import { Turn } from './turn.js';

const tree = create([
  phone('anna'),
  line('sales', [phone('bob'), agent('smith')]),
  group('night', [phone('carl')]),
]);

/** A whole life: everything that can happen to a tree happens to this one. */
const life = given().when(
  tree,
  dialWas('accepted', 'anna'),
  rings('anna'),
  ends('bob', 'busy'),
  resolves('smith', [phone('desk'), phone('mobile')], { ringMethod: 'linear' }),
  alarmAfter(30_000),
  hangup('night'),
  answers('mobile'),
  answers('anna'),
  dialWas('never_placed', 'carl'),
  hangupOthers(),
  ends('mobile'),
  ends('anna', 'cancel'),
  ends('desk', 'cancel'),
  answers('desk'),
  remove(),
);

function eventsOf(scenario: Scenario): PublicEvent[] {
  return scenario.outcome.effects.flatMap((effect) => (effect.kind === 'publish' ? [effect.event] : []));
}

describe('a decision', () => {
  it('leaves the state it was made on as it was', () => {
    const { state } = given(tree, rings('anna'));
    const before = structuredClone(state);
    const legId = [...state.legs.keys()][0];
    decide(state, new HandleAnswerCommand({ legId }), { now: 0, limits: DEFAULT_LIMITS, mayPlanLegs: true });
    expect(state).toEqual(before);
  });

  it('is the same whenever it is made again: ids, events and effects', () => {
    const { state, now } = given(tree, ends('bob', 'busy'));
    const { command } = resolves('smith', [phone('desk')])({ state, now });
    const again = () => decide(state, command!, { now, limits: DEFAULT_LIMITS, mayPlanLegs: true });
    expect(again()).toEqual(again());
  });

  it('comes to the state that its events tell', () => {
    const told = life.outcome.events.reduce(evolve, emptyTree(life.state.rootId, CUSTOMER));
    expect(told).toEqual({ ...life.state, version: 0 });
  });

  it('may be one of several in a turn, and a refused one leaves nothing behind in it', () => {
    const { state, now } = given(tree);
    const turn = new Turn(state, { now, limits: DEFAULT_LIMITS, mayPlanLegs: true });
    const [anna, bob] = [...state.legs.keys()];
    decideOn(turn, new HandleAnswerCommand({ legId: anna }));
    const { length } = turn.events;
    expect(() => decideOn(turn, new HangupCommand({ groupcallId: uuidOf('nothing') }))).toThrow(
      'no groupcall',
    );
    expect(turn.events).toHaveLength(length);
    expect(decideOn(turn, new HandleAnswerCommand({ legId: bob }))).toBe('lost');
    expect(turn.state.winnerLegId).toBe(anna);
  });
});

describe('the public events of a tree', () => {
  const events = eventsOf(life);

  it('are numbered without gaps, and every one has its own id', () => {
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1));
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    expect(life.state.eventSequence).toBe(events.length);
  });

  it('are one created, at most one progressing, exactly one hangup and one deleted per groupcall', () => {
    for (const groupcall of life.state.groupcalls.values()) {
      const count = (type: string) =>
        events.filter((event) => event.type === type && event.data.id === groupcall.id).length;
      expect(count('groupcall_created')).toBe(1);
      expect(count('groupcall_hangup')).toBe(1);
      expect(count('groupcall_deleted')).toBe(1);
      expect(count('groupcall_hangingup')).toBeLessThanOrEqual(1);
    }
    const progressing = events
      .filter(({ type }) => type === 'groupcall_progressing')
      .map(({ data }) => data.id);
    expect(progressing).toEqual(['smith', 'sales', 'root'].map((name) => life.groupcall(name).id));
  });

  it('are at most one dialed, one ringing and exactly one hangup per leg, in this order', () => {
    for (const leg of life.state.legs.values()) {
      const types = events.filter((event) => event.leg?.id === leg.id).map(({ type }) => type);
      const order = ['groupcall_call_dialed', 'groupcall_call_ringing', 'groupcall_call_hangup'];
      expect(types).toEqual(order.filter((type) => types.includes(type as PublicEvent['type'])));
      expect(types).toContain('groupcall_call_hangup');
    }
  });

  it('carry the groupcall as it was at that moment', () => {
    const created = events.find(({ type }) => type === 'groupcall_created')!;
    expect(created.data).toMatchObject({
      id: life.state.rootId,
      status: 'progressing',
      call_count: 0,
      call_ids: [],
    });
    const hungUp = events.filter(({ type }) => type === 'groupcall_hangup').at(-1)!;
    expect(hungUp.data).toMatchObject({ id: life.state.rootId, status: 'hangup', hangup_reason: 'normal' });
  });

  it('are not made in a turn of which nobody wants to be told, and have their numbers all the same', () => {
    const { state, now } = given(tree);
    const [anna] = [...state.legs.keys()];
    const [told, silent] = [false, true].map((isSilent) =>
      decide(state, new HandleAnswerCommand({ legId: anna }), {
        now,
        limits: DEFAULT_LIMITS,
        mayPlanLegs: true,
        isSilent,
      }),
    );
    expect(told.effects.filter(({ kind }) => kind === 'publish')).not.toHaveLength(0);
    expect(silent.effects).toEqual(told.effects.filter(({ kind }) => kind !== 'publish'));
    expect({ ...silent, effects: [] }).toEqual({ ...told, effects: [] });
  });

  it('wait in one lane per tree, so that they are told in order', () => {
    const lanes = life.outcome.effects.flatMap((effect) => (effect.kind === 'publish' ? [effect.lane] : []));
    expect(new Set(lanes)).toEqual(new Set([life.state.rootId]));
  });
});

describe("somebody else's tree", () => {
  it('does not exist for the sender, whatever is asked', () => {
    const { state } = given(createLinear([phone('anna')]), answers('anna'));
    const [legId] = state.legs.keys();
    const foreign = { customerId: uuidOf('somebody else'), groupcallId: state.rootId, legId };
    given(createLinear([phone('anna')]), answers('anna'))
      .when(send(new HangupOthersCommand(foreign)))
      .thenRefused('NOT_FOUND', /There is no groupcall/);
    given(createLinear([phone('anna')]), answers('anna'))
      .when(send(new HandleAnswerCommand(foreign)))
      .thenRefused('NOT_FOUND', /There is no call/);
  });

  it('is found when the customer is named rightly', () => {
    given(createLinear([phone('anna')]))
      .when(send(({ rootId }) => new HangupCommand({ groupcallId: rootId, customerId: CUSTOMER })))
      .then({ groupcalls: { root: 'hangingup' } });
  });
});
