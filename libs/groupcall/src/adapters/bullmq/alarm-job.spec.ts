import { UnrecoverableError } from 'bullmq';
import { alarmJobOptions, rootIdOf } from './alarm-job.js';

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

  it('is about the root that it names', () => {
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
