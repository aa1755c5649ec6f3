import { DEFAULT_LIMITS } from '@groupcall/groupcall';
import { TARGETS, type Scenario } from './format.js';
import { DIAL_BEHAVIOURS, HANGUP_BEHAVIOURS } from './gateway-behaviour.js';
import { allNumbers, allTexts, problemOf, type Keys, type Shape } from './shape.js';

const texts: Shape = ['text', { list: 'text' }];
const counts: Shape = { map: 'number' };

const FILTERS = ['status', 'ring_method', 'master_call_id', 'master_groupcall_id', 'owner_id', 'flow_id'];

const create: Shape = {
  keys: { as: 'text', body: 'any', key: 'text', id: 'text', times: 'number' },
  needs: ['body'],
};

const behaviours: Shape = {
  map: { keys: { dial: { words: DIAL_BEHAVIOURS }, hangup: { words: HANGUP_BEHAVIOURS } } },
};

const directory: Shape = {
  keys: {
    agents: {
      map: [
        'any',
        { keys: { ring_method: 'text', addresses: 'any', customer: 'text' }, needs: ['addresses'] },
      ],
    },
    extensions: {
      map: [
        'any',
        { keys: { contacts: { list: 'text' }, agent: 'text', customer: 'text' }, needs: ['contacts'] },
      ],
    },
    faults: { map: { keys: { fail: 'number', hold: 'flag', answer: 'any' } } },
  },
};

const expectation: Keys = {
  result: [
    'text',
    { keys: { error: 'text', fields: { list: 'text' } }, needs: ['error'] },
    { keys: { same_as: 'text' }, needs: ['same_as'] },
  ],
  results: counts,
  listed: { list: 'text' },
  listed_count: 'number',
  groupcalls: { map: ['text', { map: 'any' }] },
  legs: { map: ['text', { map: 'any' }] },
  tally: counts,
  dialed: { list: 'text' },
  hung_up: { list: 'text' },
  events: { list: texts },
  event_counts: counts,
  late_answers: 'number',
  living: 'number',
};
/** What only the step that asked can know. */
const OF_A_STEP = ['result', 'results', 'listed', 'listed_count'];

const actions: Keys = {
  create,
  ringing: texts,
  answer: texts,
  end: texts,
  end_unheard: 'text',
  hangup: 'text',
  hangup_others: 'text',
  delete: 'text',
  read: 'text',
  list: { keys: { filter: allTexts(FILTERS), page_size: 'number', between: create } },
  master_call_ended: 'text',
  customer_deleted: 'text',
  customer_frozen: 'text',
  alarm: 'text',
  gateway: behaviours,
  directory,
  release: 'text',
  relay: { words: ['stop', 'start'] },
};
const single: Shape = { keys: { ...actions, by: 'text' } };

const scenario: Shape = {
  keys: {
    name: 'text',
    spec: 'text',
    why: 'text',
    skip: allTexts([...TARGETS]),
    given: { keys: { limits: allNumbers(Object.keys(DEFAULT_LIMITS)), directory, gateway: behaviours } },
    request: 'any',
    steps: {
      list: {
        keys: {
          ...actions,
          together: { list: single },
          by: 'text',
          at: 'number',
          expect: { keys: expectation },
        },
      },
    },
    expect: { keys: without(expectation, OF_A_STEP) },
  },
  needs: ['name', 'spec', 'expect'],
};

/**
 * Reads a scenario file's contents.
 * @throws Error that names the place of the first thing that does not belong there
 */
export function checkScenarios(file: string, content: unknown): Scenario[] {
  check({ list: scenario }, content, file);
  const scenarios = content as Scenario[];
  for (const { name, steps = [], request } of scenarios) {
    if (!request && !steps.some((step) => step.create ?? step.together?.some((one) => one.create)))
      fail(`${file}: "${name}"`, 'creates nothing');
    steps.forEach((step, index) => {
      const place = `${file}: "${name}" steps[${index}]`;
      checkSingle(step, place);
      for (const one of step.together ?? []) checkSingle(one, place);
      if (step.at !== undefined && step.at < (steps[index - 1]?.at ?? 0)) fail(place, 'goes back in time');
    });
  }
  return scenarios;
}

function checkSingle(step: object, place: string): void {
  const done = Object.keys(step).filter((key) => key in actions || key === 'together');
  if (done.length > 1) fail(place, `does several things: ${done.join(', ')}`);
}

function check(shape: Shape, value: unknown, place: string): void {
  const problem = problemOf(shape, value, place);
  if (problem) throw new Error(problem);
}

function without(keys: Keys, left: string[]): Keys {
  return Object.fromEntries(Object.entries(keys).filter(([key]) => !left.includes(key)));
}

function fail(place: string, problem: string): never {
  throw new Error(`${place}: ${problem}`);
}
