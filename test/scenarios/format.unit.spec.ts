import { check, type Seen } from './checks.js';
import { checkScenarios } from './check-format.js';
import { Labels } from './labels.js';
import { Speech } from './observe.js';
import { readScenarios } from './read-scenarios.js';

const files = readScenarios();
const scenarios = files.flatMap((file) => file.scenarios);
const good = { name: 'a', spec: '1', request: { destinations: [] }, expect: {} };
const problemOf = (scenario: object) => () => checkScenarios('a.json', [scenario]);

describe('the scenario files', () => {
  it('are at least 120 scenarios, each with a name of its own that fits the table', () => {
    const names = scenarios.map(({ name }) => name);
    expect(names.length).toBeGreaterThanOrEqual(120);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    expect(names.filter((name) => name.length > 120)).toEqual([]);
  });

  it('expect something, each of them', () => {
    expect(scenarios.filter((one) => Object.keys(one.expect).length === 0).map(({ name }) => name)).toEqual(
      [],
    );
  });

  it('are left out on few targets, each time with a reason', () => {
    const skips = scenarios.flatMap(({ skip = {} }) => Object.values(skip));
    expect(skips.length).toBeLessThan(scenarios.length / 20);
    expect(skips.filter((reason) => reason.length < 10)).toEqual([]);
  });
});

describe('the format', () => {
  it('accepts what it knows', () => {
    expect(checkScenarios('a.json', [good])).toEqual([good]);
  });

  it.each([
    ['an unknown key of a scenario', { ...good, expects: {} }, /expects is not known here/],
    ['an unknown action', { ...good, steps: [{ anwser: '0' }] }, /steps\[0\]: anwser is not known here/],
    ['an unknown expectation', { ...good, expect: { dialled: [] } }, /expect: dialled is not known here/],
    [
      'an expectation that only a step can have',
      { ...good, expect: { result: 'ok' } },
      /result is not known here/,
    ],
    [
      'two actions in one step',
      { ...good, steps: [{ answer: '0', end: '0' }] },
      /does several things: answer, end/,
    ],
    [
      'two actions in a part of together',
      { ...good, steps: [{ together: [{ answer: '0', end: '0' }] }] },
      /does several things/,
    ],
    ['time that runs backwards', { ...good, steps: [{ at: 2 }, { at: 1 }] }, /goes back in time/],
    ['a text where a number belongs', { ...good, steps: [{ at: '2' }] }, /steps\[0\]\.at: must be a number/],
    [
      'an unknown fault of the directory',
      { ...good, given: { directory: { faults: { 'agent:a': { slow: true } } } } },
      /slow is not known here/,
    ],
    [
      'a behaviour that no gateway has',
      { ...good, given: { gateway: { '0': { dial: 'refuses' } } } },
      /must be one of accept, refuse/,
    ],
    ['a limit that does not exist', { ...good, given: { limits: { legs: 1 } } }, /legs is not known here/],
    ['a scenario without its place in SPEC', { name: 'a', request: {}, expect: {} }, /needs spec/],
    ['a scenario that creates nothing', { name: 'a', spec: '1', expect: {} }, /creates nothing/],
  ])('refuses %s', (_what, scenario, message) => {
    expect(problemOf(scenario)).toThrow(message);
  });
});

describe('an expectation that is not met', () => {
  const seen: Seen = {
    snapshot: { groupcalls: new Map(), legs: new Map(), lateAnswers: 1 },
    orders: [{ kind: 'hangup', id: 'x', found: 'ringing', reason: 'cancel' }],
    events: [],
    living: 2,
    labels: new Labels(),
    speech: new Speech(new Labels(), 0, (id) => id),
  };

  it.each([
    ['a leg that is not there', { legs: { '0': 'hangup' } }, ['leg 0: expected "hangup", found undefined']],
    ['a late answer that was not expected', { late_answers: 0 }, ['late answers: expected 0, found 1']],
    ['a hangup that was not expected', { hung_up: [] }, ['hung up: expected [], found ["x cancel"]']],
    ['a call that lives on', { living: 0 }, ['living calls: expected 0, found 2']],
    [
      'events that did not come',
      { events: ['created root', ['a', 'b']] },
      ['events: expected ["created root",["a","b"]], found [null,[]]'],
    ],
    [
      'an event that came less often',
      { event_counts: { hangup: 1 } },
      ['event counts: expected [["hangup",1]], found [["hangup",0]]'],
    ],
    ['a dial that did not happen', { dialed: ['0'] }, ['dialed: expected ["0"], found []']],
    ['nothing wrong', { late_answers: 1, living: 2, dialed: [], events: [] }, []],
  ])('is told: %s', (_what, expected, differences) => {
    expect(check(expected, seen, false)).toEqual(differences);
  });

  it('is told for legs and groupcalls that nobody expected, when all must be named', () => {
    const { snapshot } = seen;
    const legs = new Map([['0', { status: 'dialing', hangup_reason: '', hangup_by: '' } as never]]);
    const more = { ...seen, snapshot: { ...snapshot, legs } };
    expect(check({ legs: {} }, more, false)).toEqual([]);
    expect(check({ legs: {} }, more, true)).toEqual(['legs: expected [], found ["0"]']);
  });
});
