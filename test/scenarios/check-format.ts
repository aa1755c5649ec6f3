import { TARGETS, type Scenario } from './format.js';

/** What may stand where: a type name, a list (`[…]`), a map (`{…}`), or alternatives. */
type Shape = 'text' | 'number' | 'flag' | 'any' | { list: Shape } | { map: Shape } | { keys: Keys; needs?: string[] } | Shape[];
type Keys = Record<string, Shape>;

const texts: Shape = ['text', { list: 'text' }];
const counts: Shape = { map: 'number' };

const create: Shape = {
  keys: { as: 'text', body: 'any', key: 'text', id: 'text', times: 'number' },
  needs: ['body'],
};

const behaviours: Shape = { map: { keys: { dial: 'text', hangup: 'text' } } };

const directory: Shape = {
  keys: {
    agents: { map: ['any', { keys: { ring_method: 'text', addresses: 'any', customer: 'text' }, needs: ['addresses'] }] },
    extensions: { map: ['any', { keys: { contacts: { list: 'text' }, agent: 'text', customer: 'text' }, needs: ['contacts'] }] },
    faults: { map: { keys: { fail: 'number', hold: 'flag', answer: 'any' } } },
  },
};

const expectation: Keys = {
  result: ['text', { keys: { error: 'text', fields: { list: 'text' } }, needs: ['error'] }, { keys: { same_as: 'text' }, needs: ['same_as'] }],
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
  list: { keys: { filter: { map: 'text' }, page_size: 'number', between: create } },
  master_call_ended: 'text',
  customer_deleted: 'text',
  customer_frozen: 'text',
  alarm: 'text',
  gateway: behaviours,
  directory,
  release: 'text',
  relay: 'text',
};
const single: Shape = { keys: { ...actions, by: 'text' } };

const scenario: Shape = {
  keys: {
    name: 'text',
    spec: 'text',
    why: 'text',
    skip: { keys: Object.fromEntries(TARGETS.map((target) => [target, 'text'])) },
    given: { keys: { limits: counts, directory, gateway: behaviours } },
    request: 'any',
    steps: {
      list: {
        keys: { ...actions, together: { list: single }, by: 'text', at: 'number', expect: { keys: expectation } },
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
    if (!request && !steps.some((step) => step.create ?? step.together?.some((one) => one.create))) fail(`${file}: "${name}"`, 'creates nothing');
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

/** '' when the value has the shape. */
function problemOf(shape: Shape, value: unknown, place: string): string {
  if (shape === 'any') return '';
  if (shape === 'text') return typeof value === 'string' ? '' : `${place}: must be a text`;
  if (shape === 'number') return typeof value === 'number' ? '' : `${place}: must be a number`;
  if (shape === 'flag') return typeof value === 'boolean' ? '' : `${place}: must be true or false`;
  if (Array.isArray(shape)) return ofAlternatives(shape, value, place);
  if ('list' in shape) {
    if (!Array.isArray(value)) return `${place}: must be a list`;
    return firstOf(value.map((item, index) => problemOf(shape.list, item, `${place}[${index}]`)));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return `${place}: must be an object`;
  const entries = Object.entries(value);
  if ('map' in shape) return firstOf(entries.map(([key, item]) => problemOf(shape.map, item, `${place}.${key}`)));
  const missing = shape.needs?.find((key) => !(key in value));
  if (missing) return `${place}: needs ${missing}`;
  const { keys } = shape;
  return firstOf(
    entries.map(([key, item]) =>
      key in keys
        ? problemOf(keys[key], item, `${place}.${key}`)
        : `${place}: ${key} is not known here; known are ${Object.keys(keys).join(', ')}`,
    ),
  );
}

function ofAlternatives(shapes: Shape[], value: unknown, place: string): string {
  // null stands for "removed" where anything may stand.
  if (shapes.includes('any')) return value === null ? '' : problemOf(shapes.find((one) => one !== 'any')!, value, place);
  const problems = shapes.map((one) => problemOf(one, value, place));
  return problems.includes('') ? '' : (problems.at(-1) ?? '');
}

function firstOf(problems: string[]): string {
  return problems.find((problem) => problem !== '') ?? '';
}

function without(keys: Keys, left: string[]): Keys {
  return Object.fromEntries(Object.entries(keys).filter(([key]) => !left.includes(key)));
}

function fail(place: string, problem: string): never {
  throw new Error(`${place}: ${problem}`);
}
