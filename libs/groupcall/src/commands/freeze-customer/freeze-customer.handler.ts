import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { canonicalId } from '../../domain/canonical-id.js';
import { GroupcallStore } from '../../ports/groupcall-store.port.js';
import { TreeBatches } from '../../runtime/tree-batches.js';
import { HangupCommand } from '../hangup/hangup.command.js';
import { FreezeCustomerCommand } from './freeze-customer.command.js';

@CommandHandler(FreezeCustomerCommand)
export class FreezeCustomerHandler implements ICommandHandler<FreezeCustomerCommand> {
  constructor(
    private readonly store: GroupcallStore,
    private readonly batches: TreeBatches,
  ) {}

  execute(command: FreezeCustomerCommand) {
    const id = canonicalId('customer_id', command.customerId);
    return this.batches.send(
      (after, limit) => this.store.rootsOfCustomer(id, 'live', after, limit),
      ({ rootId }) => new HangupCommand({ groupcallId: rootId }),
      command.onProgress,
    );
  }
}
