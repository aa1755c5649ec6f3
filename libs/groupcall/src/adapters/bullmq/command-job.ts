import type { Job, JobsOptions } from 'bullmq';
import type { CommandMessage } from '../../ports/command-transport.port.js';
import type { QueueIdentity } from './job-queue.js';
import type { QueueTexts } from './queue-watch.js';

/** Name of the queue in which commands travel to the engine. In Redis its keys begin with `<prefix>:groupcall-commands:`. */
export const COMMAND_QUEUE = 'groupcall-commands';

/** Replies are in the stream of events, which keeps the latest: few, for they show what the commands were about. */
export const COMMANDS: QueueIdentity = { name: COMMAND_QUEUE, keptEvents: 1_000 };

/** What a job carries; its name is the use case, its id the command's. */
interface CommandJobData {
  input: unknown;
  patience: number;
  traceParent?: unknown;
}

export const COMMAND_TEXTS: QueueTexts = {
  queue: 'The command queue',
  meanwhile: 'commands of other processes wait or are refused',
};

export function commandJob({ id, name, input, patience, traceParent }: CommandMessage): {
  name: string;
  data: CommandJobData;
  options: JobsOptions;
} {
  // A job that is kept, even a failed one, would swallow the same command when it is asked for again.
  return {
    name,
    data: { input, patience, ...(traceParent === undefined ? {} : { traceParent }) },
    options: { jobId: id, removeOnComplete: true, removeOnFail: true },
  };
}

/** Whatever is in the job: the intake judges it. */
export function messageOf(job: Pick<Job, 'id' | 'name' | 'data'>): CommandMessage {
  const { input, patience, traceParent } = (job.data ?? {}) as Partial<CommandJobData>;
  return {
    id: job.id ?? '',
    name: job.name,
    input,
    patience: typeof patience === 'number' ? patience : 0,
    ...(traceParent === undefined ? {} : { traceParent }),
  };
}
