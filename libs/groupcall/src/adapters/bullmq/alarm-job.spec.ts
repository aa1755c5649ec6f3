import { UnrecoverableError } from 'bullmq';
import { alarmJobId, alarmJobOptions, momentOf, rootIdOf } from './alarm-job.js';

const rootId = '01890a5d-ac96-774b-bcce-b302099a8057';

describe('a job of the alarm queue', () => {
  it('leaves nothing behind when it is done, and is tried at least twenty times before', () => {
    expect(alarmJobOptions('id', 5, 1_000)).toMatchObject({
      removeOnComplete: true,
      removeOnFail: true,
      delay: 5,
    });
    expect(alarmJobOptions('id', 5, 1_000).attempts).toBeGreaterThanOrEqual(20);
  });

  it('has its moment in its id, also when it was set by a version with one job for each root', () => {
    expect(momentOf(alarmJobId(1_763_900_000_250))).toBe(1_763_900_000_250);
    expect(momentOf(alarmJobId(1_763_900_000_250, 'a1b2c3d4z9'))).toBe(1_763_900_000_250);
    expect(momentOf(`${rootId}-1763900000123-a1b2c3d4z9`)).toBe(1_763_900_000_123);
  });

  it.each([undefined, '', '17', 'alarm-', 'alarm-soon', `alarm-${'9'.repeat(30)}`, `${rootId}-`])(
    'is due at once when its id tells no moment: %s',
    (id) => expect(momentOf(id)).toBe(0),
  );

  it('names a root', () => {
    expect(rootIdOf({ name: 'alarm', data: { rootId } })).toBe(rootId);
  });

  it.each([
    ['another name', { name: 'invoice', data: { rootId } }],
    ['no data', { name: 'alarm', data: undefined }],
    ['null', { name: 'alarm', data: null }],
    ['text', { name: 'alarm', data: rootId }],
    ['a number', { name: 'alarm', data: { rootId: 7 } }],
    ['an id that is none', { name: 'alarm', data: { rootId: `${rootId}:1` } }],
  ])('is refused for good when it has %s', (_, job) => {
    expect(() => rootIdOf(job)).toThrow(UnrecoverableError);
  });
});
