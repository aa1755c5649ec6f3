import { CreateGroupcallCommand, type CreateGroupcallInput } from './create-groupcall.command.js';
import type { GroupcallRequest } from './create-groupcall.validate.js';

/** On its way from the handler to the tree, within one process: what it asks for is checked, and not looked at again. */
export class CheckedCreate extends CreateGroupcallCommand {
  constructor(
    input: CreateGroupcallInput,
    isNew: boolean,
    readonly request: GroupcallRequest,
    /** The number of this process. */
    readonly maker: number,
  ) {
    super(input, isNew);
  }
}
