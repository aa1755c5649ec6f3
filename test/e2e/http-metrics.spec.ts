import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GroupcallQueues, HandleAnswerCommand } from '@groupcall/groupcall';
import { CommandBus } from '@nestjs/cqrs';
import { eventually } from '../support/eventually.js';
import { CUSTOMER, startApi, type ApiServer } from './support/api-server.js';

const read = (file: string) => readFileSync(join(process.cwd(), file), 'utf8');
const METRIC = /\b(?:groupcall|process|nodejs)_[a-z0-9_]+\b/g;

/** Every metric of a scrape: name with labels → value. */
function parse(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [
      line.slice(0, line.lastIndexOf(' ')),
      Number(line.slice(line.lastIndexOf(' ') + 1)),
    ]),
  );
}

describe('the metrics', () => {
  let api: ApiServer;
  const scrape = async () => parse((await api.call('GET /metrics', { token: null })).text);
  const sip = (script: string) => ({ type: 'sip', target: `${script}@sim` });
  const create = async (destinations: object[], more: object = {}) =>
    (await api.call('POST /groupcalls', { body: { destinations, ...more } })).body;
  const ended = (id: string) =>
    eventually(async () => {
      const { body } = await api.call(`GET /groupcalls/${id}`);
      expect(body.status).toBe('hangup');
    });

  beforeAll(async () => {
    api = await startApi({
      COMMAND_QUEUE: 'on',
      DIAL_SIP_HOSTS: 'sim',
      LIMIT_LEGS_PER_NUMBER_PER_MINUTE: '1',
      LIMIT_LEGS_PER_SECOND: '4',
    });
  }, 60_000);
  afterAll(() => api?.close());

  it('that the manual explains and the dashboard shows are all there', async () => {
    const names = new Set([...(await scrape()).keys()].map((key) => key.replace(/\{.*/, '')));
    const base = (name: string) => names.has(name) || names.has(`${name}_bucket`);
    const table = read('docs/operations.md')
      .split('\n')
      .filter((line) => line.startsWith('|'));
    const explained = table.flatMap((line) => line.split('|')[1]?.match(METRIC) ?? []);
    expect(explained.length).toBeGreaterThan(25);
    expect(explained.filter((name) => !base(name))).toEqual([]);

    const { panels } = JSON.parse(read('deploy/grafana/groupcall.json')) as {
      panels: { targets: { expr: string }[] }[];
    };
    const shown = panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => expr.match(METRIC) ?? []));
    expect(shown.length).toBeGreaterThan(25);
    expect(shown.filter((name) => !names.has(name))).toEqual([]);

    const ours = [...names]
      .filter((name) => name.startsWith('groupcall_'))
      .map((name) => name.replace(/_(bucket|sum|count)$/, ''));
    expect([...new Set(ours)].filter((name) => !explained.includes(name))).toEqual([]);
  });

  it('move when what they count happens', async () => {
    const before = await scrape();
    const answered = await create([sip('answer-after-100ms-hangup-after-300ms'), sip('ring'), sip('busy')]);
    const late = await create([sip('noanswer')], { dial_timeout: 1_000 });
    const refused = await create([sip('fail')]);
    await Promise.all([answered.id, late.id, refused.id].map(ended));
    // An answer after the end, as a gateway with a slow network would tell it.
    await api.app.get(CommandBus).execute(new HandleAnswerCommand({ legId: late.call_ids[0] }));
    const agent = '01900000-0000-7000-8000-0000000000e1';
    const addresses = [
      { type: 'sip', target: 'x@evil.example' },
      { type: 'tel', target: '+15551230000' },
      { type: 'tel', target: '+15551230000' },
    ];
    await api.call(`PUT /agents/${agent}`, { body: { addresses } });
    const guarded = await create([{ type: 'agent', target: agent }]);
    // Ten of them: of the first groupcall's phones the busy one may be hung up before it says so.
    const crowd = await create(Array.from({ length: 10 }, () => sip('busy')));
    await ended(crowd.id);
    await api.call(`POST /groupcalls/${guarded.id}/hangup`);
    await ended(guarded.id);
    const sibling = await create([sip('ring')]);
    const still = await eventually(async () => {
      const now = await scrape();
      expect(now.get('groupcall_alarm_queue_jobs{state="delayed"}')).toBeGreaterThan(0);
      expect(now.get('groupcall_resident_trees')).toBeGreaterThan(0);
      return now;
    });
    const risen = (name: string) => (still.get(name) ?? NaN) - (before.get(name) ?? NaN);
    for (const [name, least] of [
      ['groupcall_groupcalls_created_total', 6],
      ['groupcall_groupcalls_ended_total{reason="normal"}', 1],
      ['groupcall_groupcalls_ended_total{reason="dialout"}', 1],
      ['groupcall_groupcalls_ended_total{reason="failed"}', 1],
      ['groupcall_groupcalls_ended_total{reason="busy"}', 1],
      ['groupcall_groupcalls_ended_total{reason="cancel"}', 1],
      ['groupcall_legs_dialed_total', 10],
      ['groupcall_legs_ended_total{reason="answered_elsewhere"}', 1],
      ['groupcall_legs_ended_total{reason="busy"}', 10],
      ['groupcall_legs_ended_total{reason="rejected"}', 2],
      ['groupcall_time_to_answer_seconds_count', 1],
      ['groupcall_time_to_answer_seconds_sum', 0.1],
      ['groupcall_alarm_lateness_seconds_count', 1],
      ['groupcall_late_answers_total', 1],
      ['groupcall_dials_forbidden_total', 1],
      ['groupcall_dials_over_rate_total', 1],
      ['groupcall_dials_paced_total', 1],
      ['groupcall_commands_total', 10],
      ['groupcall_turns_total', 10],
      ['groupcall_commits_total', 5],
      ['groupcall_committed_turns_total', 10],
      ['groupcall_commit_group_size_count', 5],
      ['groupcall_effects_done_total', 20],
      ['process_cpu_seconds_total', 0.001],
    ] as const) {
      expect([name, risen(name) >= least, risen(name)]).toEqual([name, true, expect.any(Number)]);
    }
    const brought = ['timed', 'rung', 'swept'].map((how) => risen(`groupcall_alarms_${how}_total`));
    expect(Math.max(...brought)).toBeGreaterThan(0);
    expect(still.get('groupcall_up{part="database"}')).toBe(1);
    expect(still.get('groupcall_up{part="alarm_queue"}')).toBe(1);
    await api.call(`DELETE /groupcalls/${sibling.id}`);
  }, 60_000);

  it('count the commands that wait while nobody takes them', async () => {
    const commands = api.app.get(GroupcallQueues).commands!;
    const waiting = async () => (await scrape()).get('groupcall_command_queue_jobs{state="waiting"}');
    expect(await waiting()).toBe(0);
    await commands.pause();
    await commands.add('hangup', { input: {}, patience: 1_000 });
    await eventually(async () => expect(await waiting()).toBe(1));
    await commands.resume();
    await eventually(async () => expect(await waiting()).toBe(0));
  }, 60_000);

  it('agree with the database', async () => {
    // What the test before has hung up may be ending still.
    await eventually(async () => {
      const ends = await api.query(
        `SELECT hangup_reason AS reason, count(*)::int AS n FROM groupcall WHERE status = 'hangup' AND id = root_id GROUP BY 1`,
      );
      const [{ n: created }] = await api.query('SELECT count(*)::int AS n FROM groupcall_tree');
      const now = await scrape();
      const told = ends.map(({ reason }) => ({
        reason,
        n: now.get(`groupcall_groupcalls_ended_total{reason="${String(reason)}"}`),
      }));
      expect(told).toEqual(ends);
      expect(now.get('groupcall_groupcalls_created_total')).toBe(created);
    });
  });

  it('tell nothing of any customer', async () => {
    expect((await api.call('GET /metrics', { token: null })).text).not.toMatch(
      new RegExp(`${CUSTOMER}|\\+1555|@sim`),
    );
  });
});
