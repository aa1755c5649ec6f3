import { HandleAnswerCommand } from '../../../commands/handle-answer/handle-answer.command.js';
import { HangupCommand } from '../../../commands/hangup/hangup.command.js';
import { HandleResolutionCommand } from '../../../commands/handle-resolution/handle-resolution.command.js';
import { HandleDialOutcomeCommand } from '../../../commands/handle-dial-outcome/handle-dial-outcome.command.js';
import type { Effect } from '../../../domain/effect.js';
import type { TreeState } from '../../../domain/tree-state.js';
import { agent, group, phone, uuidOf } from '../../../testing/scenario/index.js';
import { firstTurn, turnOf } from '../../../testing/turns.js';
import { packEffects, unpackEffects } from './effect-bundle.js';

const rootId = uuidOf('root');
const created = firstTurn({
  rootId,
  customerId: uuidOf('customer'),
  now: 1_700_000_000_000,
  destinations: [phone('anna'), phone('bob'), agent('smith'), group('sales', [phone('carl'), phone('dora')])],
});
const legs = [...created.after.legs.keys()];
const dialed = turnOf(
  created.after,
  new HandleDialOutcomeCommand({ rootId, legId: legs[0], outcome: 'accepted' }),
  1_700_000_000_100,
);
const answered = turnOf(dialed.after, new HandleAnswerCommand({ legId: legs[3] }), 1_700_000_001_000);

const alone = firstTurn({
  rootId: uuidOf('alone'),
  customerId: uuidOf('customer'),
  now: 1_700_000_000_000,
  destinations: [agent('smith')],
});
const resolved = turnOf(
  alone.after,
  new HandleResolutionCommand({
    rootId: alone.after.rootId,
    groupcallId: alone.after.rootId,
    index: 0,
    destination: alone.after.groupcalls.get(alone.after.rootId)!.destinations[0],
    resolution: {
      resolved: true,
      ringMethod: 'linear',
      destinations: created.after.groupcalls.get(rootId)!.destinations.slice(0, 2),
    },
  }),
  1_700_000_000_200,
);
const ended = turnOf(answered.after, new HangupCommand({ groupcallId: rootId }), 1_700_000_002_000);

/** Of other objects than the effects. */
function throughTheDatabase(tree: TreeState): TreeState {
  return structuredClone(tree);
}

describe('a bundle of effects', () => {
  it.each([
    ['of a new tree with children and an agent', created, created],
    ['of a new tree that has ended since', created, ended],
    ['of calls that were placed', dialed, ended],
    ['of an answer in a child', answered, answered],
    ['of an answer in a tree that has ended since', answered, ended],
    ['of an end', ended, ended],
    ['of a groupcall that stands for an agent', alone, alone],
    ['of a groupcall that stood for an agent', alone, resolved],
    ['of what an agent has become', resolved, resolved],
  ])('%s is unpacked as what was packed, down to the order of the keys', (_name, turn, { after }) => {
    const unpacked = unpackEffects(packEffects(turn), after.rootId, throughTheDatabase(after));
    expect(JSON.stringify(unpacked.map(({ effect }) => effect))).toBe(JSON.stringify(turn.effects));
    expect(unpacked.map(({ ordinal }) => ordinal)).toEqual([...turn.effects.keys()]);
  });

  it('may be empty', () => {
    expect(unpackEffects(packEffects({ ...created, effects: [] }), rootId, created.after)).toEqual([]);
  });

  it('says nothing that is in the rows for good', () => {
    expect(packEffects(answered)).not.toMatch(/tel|phone|destination/);
  });

  it('of a tree without rows still has its calls', () => {
    const unpacked = unpackEffects(packEffects(created), rootId, null);
    const isCall = ({ kind }: Effect) => kind !== 'publish';
    expect(unpacked.map(({ effect }) => effect)).toEqual(created.effects.filter(isCall));
    expect(unpacked.map(({ ordinal }) => created.effects[ordinal].kind)).not.toContain('publish');
  });
});
