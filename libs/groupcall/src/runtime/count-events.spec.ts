import type { TreeCommand } from '../domain/tree-command.js';
import { HandleAlarmCommand } from '../commands/handle-alarm/handle-alarm.command.js';
import { HandleAnswerCommand } from '../commands/handle-answer/handle-answer.command.js';
import { HandleDialOutcomeCommand } from '../commands/handle-dial-outcome/handle-dial-outcome.command.js';
import { HandleHangupCommand } from '../commands/handle-hangup/handle-hangup.command.js';
import { decideOn } from '../domain/decide.js';
import { emptyTree, type TreeState } from '../domain/tree-state.js';
import { Turn } from '../domain/turn.js';
import { DEFAULT_LIMITS } from '../groupcall.options.js';
import { CreateGroupcallCommand } from '../commands/create-groupcall/create-groupcall.command.js';
import { group, phone, uuidOf } from '../testing/scenario/index.js';
import { countEvents } from './count-events.js';
import { Distribution } from './distribution.js';
import { RuntimeMetrics } from './runtime-metrics.js';

const ROOT = uuidOf('root');
const START = 1_000_000;

/** A tree whose turns are counted. */
class Counted {
  readonly metrics = new RuntimeMetrics();
  state: TreeState = emptyTree(ROOT, uuidOf('customer'));

  take(command: TreeCommand, after = 0): this {
    const turn = new Turn(this.state, { now: START + after, limits: DEFAULT_LIMITS, mayPlanLegs: true });
    decideOn(turn, command);
    countEvents(this.metrics, turn.events, this.state, turn.state);
    this.state = turn.state;
    return this;
  }

  leg(index: number): string {
    return [...this.state.legs.keys()][index];
  }
}

const ring = () =>
  new Counted().take(
    new CreateGroupcallCommand({
      id: ROOT,
      customerId: uuidOf('customer'),
      dialTimeout: 10_000,
      destinations: [phone('anna'), group('sales', [phone('bob')])],
    }),
  );

describe('what is counted of a durable turn', () => {
  it('are roots, not what hangs below them', () => {
    expect(ring().metrics.groupcallsCreated).toBe(1);
  });

  it('is how a groupcall and its legs ended, and how long it took until somebody answered', () => {
    const tree = ring();
    tree.take(new HandleDialOutcomeCommand({ rootId: ROOT, legId: tree.leg(0), outcome: 'accepted' }), 100);
    tree.take(new HandleAnswerCommand({ legId: tree.leg(1) }), 2_500);
    tree.take(new HandleHangupCommand({ legId: tree.leg(0), reason: 'cancel' }), 2_600);
    tree.take(new HandleHangupCommand({ legId: tree.leg(1), reason: 'normal' }), 9_000);
    const { metrics } = tree;
    expect(metrics.legsDialed).toBe(2);
    expect([...metrics.legsEnded]).toEqual([
      ['answered_elsewhere', 1],
      ['normal', 1],
    ]);
    expect([...metrics.groupcallsEnded]).toEqual([['normal', 1]]);
    expect([metrics.timeToAnswer.count, metrics.timeToAnswer.sum]).toEqual([1, 2_500]);
  });

  it('is by how much a ring time-out was late', () => {
    const tree = ring();
    for (const leg of [0, 1])
      tree.take(new HandleDialOutcomeCommand({ rootId: ROOT, legId: tree.leg(leg), outcome: 'accepted' }));
    tree.take(new HandleAlarmCommand({ rootId: ROOT, now: START + 10_080 }), 10_080);
    expect([tree.metrics.alarmLateness.count, tree.metrics.alarmLateness.sum]).toEqual([2, 160]);
  });

  it('are answers that came after the end', () => {
    const tree = ring();
    for (const leg of [0, 1]) tree.take(new HandleHangupCommand({ legId: tree.leg(leg), reason: 'busy' }));
    tree.take(new HandleAnswerCommand({ legId: tree.leg(0) }));
    expect(tree.metrics.lateAnswers).toBe(1);
    expect([...tree.metrics.groupcallsEnded]).toEqual([['busy', 1]]);
  });
});

describe('a distribution', () => {
  it('counts every value in the first bucket that it fits into', () => {
    const sizes = new Distribution([1, 10]);
    for (const size of [0, 1, 2, 10, 11]) sizes.observe(size);
    expect([sizes.counts, sizes.count, sizes.sum]).toEqual([[2, 2, 1], 5, 24]);
  });
});
