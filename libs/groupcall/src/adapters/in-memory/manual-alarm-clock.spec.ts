import { describeAlarmClockContract } from '../../testing/contracts/alarm-clock.contract.js';
import { ManualAlarmClock, ManualAlarmQueue } from './manual-alarm-clock.js';
import { ManualClock } from './manual-clock.js';

describeAlarmClockContract('ManualAlarmClock', async () => {
  const clock = new ManualClock();
  const queue = new ManualAlarmQueue(clock);
  return {
    clock,
    create: () => new ManualAlarmClock(queue),
    pass: (ms) => clock.advance(ms),
    close: async () => {},
  };
});
