import { randomUUID } from 'node:crypto';
import {
  CommandOutcomeUnknownError,
  CreateGroupcallCommand,
  GroupcallClientModule,
  HangupCommand,
  withDelivery,
  type AlarmQueueOptions,
  type GroupcallResource,
} from '@groupcall/groupcall';
import { Injectable, Module, type DynamicModule } from '@nestjs/common';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';

/** Somebody is at the door: whoever is in rings. This service has neither the engine nor its database. */
@Injectable()
export class FrontDesk {
  constructor(private readonly commands: CommandBus) {}

  /** @throws GroupcallError what the engine refuses, as if it were here */
  async visitor(customerId: string, numbers: readonly string[]): Promise<GroupcallResource> {
    // Kept with the visitor's record, this id also survives a restart of this service.
    const commandId = randomUUID();
    const ask = () =>
      this.commands.execute(
        withDelivery(
          new CreateGroupcallCommand({
            customerId,
            destinations: numbers.map((target) => ({ type: 'tel', target })),
          }),
          { commandId, timeout: 5_000 },
        ),
      );
    try {
      return await ask();
    } catch (error) {
      // It may ring already: under the same id it does not ring twice.
      if (error instanceof CommandOutcomeUnknownError) return ask();
      throw error;
    }
  }

  visitorHasLeft(customerId: string, groupcallId: string): Promise<GroupcallResource> {
    return this.commands.execute(new HangupCommand({ groupcallId, customerId }));
  }
}

@Module({})
export class InternalService {
  static forRoot(queue: AlarmQueueOptions): DynamicModule {
    return {
      module: InternalService,
      imports: [CqrsModule.forRoot(), GroupcallClientModule.forRoot({ queue })],
      providers: [FrontDesk],
    };
  }
}
