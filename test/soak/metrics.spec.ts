import { drawnBy, needlessRepairs, parseMetrics, unrest, untold } from './metrics.js';

const REST = 'groupcall_outbox_pending 0\ngroupcall_outbox_dead 0\ngroupcall_mailbox_commands 0\n';
const dashboard = {
  panels: [
    { targets: [{ expr: 'sum(rate(groupcall_turns_total{job=~"$job"}[$__rate_interval]))' }] },
    {
      targets: [
        { expr: 'max by (state) (groupcall_command_queue_jobs{job=~"$job"})' },
        { expr: 'sum(groupcall_turns_total) / process_cpu_seconds_total' },
      ],
    },
    // A heading draws nothing.
    {},
  ],
};

describe('What a server tells', () => {
  it('is read by name and label', () => {
    const text = '# HELP a_total A.\n# TYPE a_total counter\na_total 3\n\nb{state="in use",x="1"} 0.5\n';
    expect([...parseMetrics(text)]).toEqual([
      ['a_total', 3],
      ['b{state="in use",x="1"}', 0.5],
    ]);
  });

  it('must be all that the dashboard draws', () => {
    const all = parseMetrics(
      'groupcall_turns_total 1\ngroupcall_command_queue_jobs{state="waiting"} 0\nprocess_cpu_seconds_total 2\n',
    );
    const less = parseMetrics('groupcall_turns_total_of_others 1\nprocess_cpu_seconds_total 2\n');
    expect(drawnBy(dashboard)).toEqual([
      'groupcall_turns_total',
      'groupcall_command_queue_jobs',
      'process_cpu_seconds_total',
    ]);
    expect(untold([all, less], dashboard)).toEqual([
      'server 2 does not tell groupcall_turns_total, groupcall_command_queue_jobs',
    ]);
  });

  it('of work that is left is unrest, and so is silence', () => {
    expect(unrest([parseMetrics(REST)])).toEqual([]);
    expect(unrest([parseMetrics(REST), parseMetrics(REST.replace('commands 0', 'commands 2'))])).toEqual([
      'groupcall_mailbox_commands of server 2 is 2',
    ]);
    expect(unrest([parseMetrics('')])).toHaveLength(3);
  });

  it('to have repaired is too much where nothing was broken', () => {
    const told = (orphans: number, reconciled: number, swept: number) =>
      parseMetrics(
        `groupcall_legs_dialed_total 2000\ngroupcall_alarms_timed_total 500\ngroupcall_late_answers_total 0
groupcall_orphan_calls_total ${orphans}\ngroupcall_reconciled_total ${reconciled}\ngroupcall_alarms_swept_total ${swept}`,
      );
    // A few came late.
    expect(needlessRepairs([told(0, 2, 5), told(0, 2, 5)])).toEqual([]);
    expect(needlessRepairs([told(0, 5, 0), told(0, 0, 0)])).toEqual([
      expect.stringMatching(/^groupcall_reconciled_total is 5 although nothing was lost/),
    ]);
    expect(needlessRepairs([told(1, 0, 11), told(0, 0, 0)])).toEqual([
      expect.stringMatching(/^groupcall_orphan_calls_total is 1 /),
      expect.stringMatching(/^groupcall_alarms_swept_total is 11 /),
    ]);
    expect(needlessRepairs([parseMetrics('')])).toHaveLength(4);
  });
});
