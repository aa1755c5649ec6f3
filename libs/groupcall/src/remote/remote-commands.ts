import { Inject, Injectable } from '@nestjs/common';
import type { Command } from '@nestjs/cqrs';
import { GROUPCALL_CLIENT_OPTIONS, type ResolvedClientOptions } from '../groupcall-client.options.js';
import { CommandSender } from '../ports/command-transport.port.js';
import { NoTracer, Tracer } from '../ports/tracer.port.js';
import { deliveryOf } from './command-delivery.js';
import { resultOf } from './command-reply.js';
import { writeCommand } from './command-wire.js';

/** Executes public commands in an engine elsewhere, as if it were here. */
@Injectable()
export class RemoteCommands {
  constructor(
    private readonly sender: CommandSender,
    @Inject(GROUPCALL_CLIENT_OPTIONS) private readonly options: ResolvedClientOptions,
    private readonly tracer: Tracer = new NoTracer(),
  ) {}

  /**
   * Carries a public command out in the engine, and resolves with its result.
   * @throws GroupcallError what the engine refuses, with the same reason and details as in-process; UNAVAILABLE when
   * nothing could be sent; {@link CommandOutcomeUnknownError} when there was no reply in time
   */
  async execute<R>(command: Command<R>): Promise<R> {
    const { name, input } = writeCommand(command);
    const { commandId: id, timeout: patience = this.options.timeout } = deliveryOf(command);
    const message = { id, name, input, patience };
    const reply = this.tracer.isOn
      ? this.tracer.sending(name, (traceParent) => this.sender.send({ ...message, traceParent }))
      : this.sender.send(message);
    return resultOf(await reply) as R;
  }
}
