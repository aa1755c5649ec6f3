export { ALARM_QUEUE, AlarmQueueRefusedError } from './alarm-queue.js';
export { BullmqAlarmClock, type AlarmQueueHealth } from './bullmq-alarm-clock.js';
