export { ALARM_QUEUE } from './alarm-job.js';
export { QueueRefusedError } from './job-queue.js';
export { BullmqAlarmClock, type AlarmQueueHealth } from './bullmq-alarm-clock.js';
export { BullmqCommandReceiver } from './bullmq-command-receiver.js';
export { BullmqCommandSender, type CommandSenderSettings } from './bullmq-command-sender.js';
export { COMMAND_QUEUE } from './command-job.js';
export { GroupcallQueues } from './groupcall-queues.js';
export { idsOnly } from './ids-only.js';
