import { goodRecords, LEGS, ROOT, type Draft } from '../../faults/checker/good-records.js';
import { judge } from './judge.js';
import type { SimulationRecords, Told } from './recorder.js';

const [winner, loser] = LEGS;

/** A short and blameless life in which the first phone wins at 300, the other one has ended at 400, and all at 500. */
function records(damage: (draft: Draft) => void, more: Partial<SimulationRecords> = {}): SimulationRecords {
  return { ...goodRecords(damage), told: [], healedAt: Infinity, alarmPatience: 100, ...more };
}

function broken(judged: SimulationRecords): string[] {
  return judge(judged, 'safety', []).violations.map(({ invariant }) => invariant);
}

const told = (what: Told['what'], id: string, at: number): Partial<SimulationRecords> => ({
  told: [{ what, id, at }],
});

describe('the judge of the simulation', () => {
  it('finds no fault with a blameless life', () => {
    expect(broken(records(() => undefined, told('won', winner, 310)))).toEqual([]);
  });

  it('sees a dial that was claimed when its leg had been given up (I7)', () => {
    expect(broken(records(({ claims }) => (claims[1] = { legId: loser, at: 320 })))).toContain('I7');
  });

  it('sees a leg that is planned after the answer, or for a groupcall that is being hung up (I7)', () => {
    const late = records(({ versions }) => versions.slice(0, 3).forEach((version) => version.legs.pop()));
    expect(broken(late)).toContain('I7');
    const early = records(({ versions }) => {
      versions[0].legs.pop();
      versions[0].groupcalls[0].status = 'hangingup';
    });
    expect(broken(early)).toContain('I7');
  });

  it('sees a child that is planned after the answer (I7)', () => {
    const child = { ...records(() => undefined).trees.get(ROOT)![0].groupcalls[0], id: loser };
    const late = records(({ versions }) =>
      versions[4].groupcalls.push({ ...child, master_groupcall_id: ROOT }),
    );
    expect(broken(late)).toContain('I7');
  });

  it('sees a leg that is still to be dialled after the answer (I7)', () => {
    const late = records(({ versions }) => {
      for (const version of versions) version.groupcalls[0].answer_method = '';
      versions[2].legs[1].status = 'planned';
    });
    expect(broken(late)).toContain('I7');
  });

  it('sees a loser of a healthy world that is not hung up at once (I3, I6)', () => {
    const slow = records(
      ({ ledger }) => {
        const base = { t: 0, account: '', kind: 'call', id: loser } as const;
        const end = ledger.findIndex((one) => one.kind === 'call' && one.id === loser);
        ledger[end] = { ...base, at: 9_000, state: 'ended', reason: 'answered_elsewhere', by: 'hangup' };
        ledger.push({ ...base, at: 350, state: 'answered' });
      },
      { healedAt: -50_000 },
    );
    expect(broken(slow)).toEqual(['I3', 'I6']);
  });

  it('sees a leg that counts as failed although nobody has said so (SPEC 4.11)', () => {
    const assumed = records(({ versions }) => (versions[4].legs[1].hangup_reason = 'failed'));
    expect(broken(assumed)).toEqual(['SPEC 4.11']);
  });

  it('sees an event that overtakes another (I10)', () => {
    const swapped = records(({ ledger }) => {
      const second = ledger.findIndex((one) => one.kind === 'event' && one.event.sequence === 2);
      ledger.push(...ledger.splice(second, 1));
    });
    expect(broken(swapped)).toContain('I10');
  });

  it('sees a leg that is hung up before its time (I13)', () => {
    expect(broken(records(({ versions }) => (versions[2].legs[1].hangup_reason = 'dialout')))).toContain(
      'I13',
    );
  });

  it('sees a leg that rings on long after its time in a healthy world (I13)', () => {
    const forgotten = records(
      ({ versions }) => {
        for (const version of versions) for (const leg of version.legs) leg.dial_deadline = -60_000;
      },
      { healedAt: -50_000 },
    );
    expect(broken(forgotten)).toContain('I13');
  });

  it.each([
    ['won', winner, 299],
    ['won', loser, 600],
    ['lost', loser, 299],
    ['lost', winner, 310],
    ['create', ROOT, 99],
    ['hangup', ROOT, 300],
    ['delete', ROOT, 600],
    ['hangup_others', ROOT, 299],
    ['unknown', ROOT, 110],
    ['unknown', loser, 110],
  ] as const)('sees that "%s" of %s was told at %i and is not so (I20)', (what, id, at) => {
    expect(broken(records(() => undefined, told(what, id, at)))).toEqual(['I20']);
  });

  it('counts what does not come to rest as a fault', () => {
    const { violations } = judge(
      records(() => undefined),
      'liveness',
      ['1 trees live'],
    );
    expect(violations).toEqual([{ invariant: 'rest', text: '1 trees live' }]);
  });
});
