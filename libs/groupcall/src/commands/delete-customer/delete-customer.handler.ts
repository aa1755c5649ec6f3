import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { canonicalId } from '../../domain/canonical-id.js';
import { GroupcallStore } from '../../ports/groupcall-store.port.js';
import { TreeBatches } from '../../runtime/tree-batches.js';
import { DeleteGroupcallCommand } from '../delete-groupcall/delete-groupcall.command.js';
import { DeleteCustomerCommand } from './delete-customer.command.js';

@CommandHandler(DeleteCustomerCommand)
export class DeleteCustomerHandler implements ICommandHandler<DeleteCustomerCommand> {
  constructor(
    private readonly store: GroupcallStore,
    private readonly batches: TreeBatches,
  ) {}

  execute(command: DeleteCustomerCommand) {
    const id = canonicalId('customer_id', command.customerId);
    return this.batches.send(
      (after, limit) => this.store.rootsOfCustomer(id, 'not_deleted', after, limit),
      ({ rootId }) => new DeleteGroupcallCommand({ groupcallId: rootId }),
      command.onProgress,
    );
  }
}
