import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { CommandBus, CommandHandlerNotFoundException, type ICommand } from '@nestjs/cqrs';
import { GroupcallError, unavailable } from '../domain/groupcall-error.js';
import { GROUPCALL_OPTIONS, type ResolvedOptions } from '../groupcall.options.js';
import { forInstance } from '../instances/instance-name.js';
import { CommandReceiver, type CommandMessage, type CommandReply } from '../ports/command-transport.port.js';
import { NoTracer, Tracer } from '../ports/tracer.port.js';
import { refusal } from './command-reply.js';
import { readCommand } from './command-wire.js';
import { expires } from './public-commands.js';

/** ms by which the clocks of two machines may differ before a command that expires is taken for an old one. */
const CLOCK_TOLERANCE = 30_000;

/**
 * Takes commands of other processes in, and executes them on the host's CommandBus like everybody else's. It stops
 * before the runtime does, so that what it has taken is finished.
 */
@Injectable()
export class CommandIntake implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Groupcall');

  constructor(
    private readonly receiver: CommandReceiver,
    private readonly commandBus: CommandBus,
    @Inject(GROUPCALL_OPTIONS) private readonly options: ResolvedOptions,
    private readonly tracer: Tracer = new NoTracer(),
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!this.options.workers.commands) return;
    await this.receiver.start((message, age) => this.take(message, age));
  }

  async onModuleDestroy(): Promise<void> {
    if (this.options.workers.commands) await this.receiver.stop();
  }

  /** Never rejects: whatever becomes of a message is a reply. */
  take(message: CommandMessage, age: number): Promise<CommandReply> {
    return this.tracer.isOn
      ? this.tracer.received(message.traceParent, () => this.carryOut(message, age))
      : this.carryOut(message, age);
  }

  private async carryOut(message: CommandMessage, age: number): Promise<CommandReply> {
    try {
      const command = readCommand(message);
      refuseOld(message, age);
      const result: unknown = await this.commandBus.execute(
        forInstance(this.options.name, command as ICommand),
      );
      return { ok: true, result: result ?? null };
    } catch (error) {
      return refusal(this.told(error, message));
    }
  }

  private told(error: unknown, { name, id }: CommandMessage): GroupcallError {
    if (error instanceof GroupcallError) return error;
    // The bus knows its handlers a moment after this process has begun to listen.
    if (error instanceof CommandHandlerNotFoundException)
      return unavailable('This engine is starting: nothing was done. Send the command again.');
    this.logger.error(`Command ${name} ${id} of another process failed: ${String(error)}`);
    return unavailable('The outcome is not known. Send the command again with the same id.');
  }
}

function refuseOld({ name, patience }: CommandMessage, age: number): void {
  if (!expires(name)) return;
  const late = age - patience;
  if (!(late > CLOCK_TOLERANCE)) return;
  throw unavailable(
    `The command came ${Math.round(late / 1_000)} s after its sender had given up: nothing was done. ` +
      'No engine took commands meanwhile, or the clocks of the two machines differ.',
  );
}
