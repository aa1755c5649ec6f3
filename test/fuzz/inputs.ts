import fc from 'fast-check';

/** One request that nobody in his right mind would send. */
export interface Input {
  /** `METHOD /path/:parameter` as the router has it. */
  readonly route: string;
  readonly parameter: string;
  /** As it goes over the wire, without the question mark. */
  readonly query: string;
  readonly body: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

const NASTY = [
  '',
  ' ',
  '0',
  '-1',
  '1e309',
  'NaN',
  'null',
  'true',
  '[object Object]',
  '__proto__',
  'constructor',
  'toString',
  "' OR '1'='1",
  '"; DROP TABLE groupcall; --',
  '$(reboot)',
  '../../../../etc/passwd',
  '%00',
  '\u0000',
  '\r\nX-Evil: 1',
  '\u202e\u2066',
  '\ud800',
  '🙂'.repeat(60),
  'x'.repeat(300),
  '+15551230000',
  '+1555123000&SIP/evil',
  'a@b',
  'ring@sim',
  '<sip:a@b>',
  'sip:a@b;c=d?e=f',
  `${'a'.repeat(64)}@${'b.'.repeat(100)}c`,
  '00000000-0000-0000-0000-000000000000',
  '01900000-0000-7000-8000-00000000000a',
  '9999-01-01 00:00:00.000000',
  '{{7*7}}',
  '((a+)+)+$',
];
const text = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...NASTY) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.string({ maxLength: 20 }) },
);
const scalar = fc.oneof(
  text,
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom(1e21, -0, 2 ** 53, 600_001, 30_000),
);
const keys = [
  ...['type', 'target', 'target_name', 'name', 'detail', 'destinations', 'ring_method', 'answer_method'],
  ...['dial_timeout', 'flow_id', 'master_call_id', 'source', 'customer_id', 'id', 'status', 'reason'],
  ...[
    'addresses',
    'contacts',
    'agent_id',
    '__proto__',
    'constructor',
    'prototype',
    'then',
    'toJSON',
    'length',
  ],
];
const key = fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...keys) }, { weight: 1, arbitrary: text });

/** Anything that JSON can say; with `__proto__` as a key of its own. */
const anything = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 5 }),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 6 }).map((entries) => {
      const object = Object.create(null) as Record<string, unknown>;
      for (const [name, value] of entries)
        Object.defineProperty(object, name, { value, enumerable: true, configurable: true });
      return object;
    }),
  ),
})).value;

/** Bodies that are nearly right: they reach the rules behind the first checks. */
const address = fc.record(
  {
    type: fc.oneof(
      fc.constantFrom('tel', 'sip', 'agent', 'extension', 'groupcall', 'email', '', 'conference'),
      scalar,
    ),
    target: fc.oneof(fc.constantFrom('ring@sim', 'busy@sim', '+15551230000'), scalar),
    target_name: fc.oneof(text, scalar),
    name: text,
    detail: text,
    ring_method: fc.constantFrom('ring_all', 'linear', 'x'),
    dial_timeout: fc.oneof(fc.constantFrom(1_000, 30_000), scalar),
    destinations: fc.array(fc.record({ type: fc.constant('sip'), target: text }), { maxLength: 3 }),
  },
  { requiredKeys: ['type', 'target'] },
);
const nearlyRight = fc.record(
  {
    destinations: fc.oneof(fc.array(address, { maxLength: 4 }), anything),
    addresses: fc.oneof(fc.array(address, { maxLength: 4 }), anything),
    contacts: fc.oneof(fc.array(text, { maxLength: 4 }), anything),
    ring_method: fc.oneof(fc.constantFrom('ring_all', 'linear', ''), scalar),
    answer_method: fc.oneof(fc.constantFrom('hangup_others', ''), scalar),
    dial_timeout: fc.oneof(fc.constantFrom(1_000, 30_000), scalar),
    flow_id: fc.oneof(fc.uuid(), scalar),
    source: fc.oneof(address, scalar),
    reason: fc.oneof(fc.constantFrom('busy', 'normal'), scalar),
  },
  { requiredKeys: [] },
);
const right = fc.record(
  {
    destinations: fc.array(
      fc.record({
        type: fc.constant('sip'),
        target: fc.constantFrom('busy@sim', 'fail@sim', 'ring@sim'),
        name: fc.constantFrom('', 'Anna'),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    ring_method: fc.constantFrom('ring_all', 'linear', ''),
    dial_timeout: fc.constantFrom(1_000, 2_000),
  },
  { requiredKeys: ['destinations', 'dial_timeout'] },
);
const onlyFor = fc.record({ destinations: fc.array(address, { minLength: 1, maxLength: 3 }) });

const deep = fc
  .integer({ min: 10, max: 5_000 })
  .chain((depth) => fc.constantFrom('[', '{"a":', '{"destinations":[').map((open) => open.repeat(depth)));
const body = fc.oneof(
  { weight: 5, arbitrary: nearlyRight.map((value) => JSON.stringify(value)) },
  { weight: 3, arbitrary: anything.map((value) => JSON.stringify(value)) },
  { weight: 2, arbitrary: right.map((value) => JSON.stringify(value)) },
  { weight: 2, arbitrary: onlyFor.map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: text },
  { weight: 1, arbitrary: deep },
);

const queryKeys = [
  ...[
    'page_size',
    'page_token',
    'status',
    'ring_method',
    'master_call_id',
    'master_groupcall_id',
    'owner_id',
  ],
  ...[
    'flow_id',
    'groupcall_id',
    'customer_id',
    'tree',
    'last_event_id',
    '__proto__[x]',
    'constructor',
    'a[b][c]',
  ],
];
const queryValue = fc.oneof(
  text,
  fc.constantFrom('1', '100', '101', 'progressing', 'hangup', 'true', 'ring_all'),
);
const query = fc
  .array(fc.tuple(fc.oneof(fc.constantFrom(...queryKeys), text), queryValue, fc.boolean()), { maxLength: 4 })
  .map((pairs) =>
    pairs
      .map(([name, value, raw]) => `${raw ? encodeURI(wellFormed(name)) : escaped(name)}=${escaped(value)}`)
      .join('&'),
  );

/** What HTTP can carry in a header. */
const headerValue = text.map((value) => value.replace(/[^\t\x20-\x7e\x80-\xff]/g, '').trim());
const headers = fc.record(
  {
    'idempotency-key': headerValue,
    'last-event-id': headerValue,
    'x-request-id': headerValue,
    'content-type': fc.oneof(
      { weight: 8, arbitrary: fc.constant('application/json') },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          'application/json; charset=utf-7',
          'text/plain',
          'multipart/form-data; boundary=x',
        ),
      },
    ),
    accept: headerValue,
    'content-encoding': fc.oneof(
      { weight: 8, arbitrary: fc.constant('identity') },
      { weight: 1, arbitrary: fc.constantFrom('gzip', 'x') },
    ),
  },
  { requiredKeys: ['content-type'] },
);

/** @param routes of the running server: a new one is thrown at as soon as it is there */
export function inputsFor(routes: readonly string[]): fc.Arbitrary<Input> {
  return fc.constantFrom(...routes).chain((route) =>
    fc.record({
      route: fc.constant(route),
      parameter: route.includes(':') ? fc.oneof(text, fc.uuid()) : fc.constant(''),
      query: fc.oneof({ weight: 1, arbitrary: fc.constant('') }, { weight: 2, arbitrary: query }),
      body: /^(POST|PUT|DELETE)/.test(route) ? body : fc.constant(undefined),
      headers,
    }),
  );
}

function wellFormed(value: string): string {
  return value.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
}

export function escaped(value: string): string {
  return encodeURIComponent(wellFormed(value));
}
