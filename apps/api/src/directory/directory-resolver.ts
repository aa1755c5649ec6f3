import { toAddress, uuidOfTarget, type Address } from '@groupcall/address';
import { DestinationResolver, type Resolution } from '@groupcall/groupcall';
import { Injectable } from '@nestjs/common';
import { Directory } from './directory.js';

/** Looks agents and extensions up in the host's own directory (SPEC 3, *Resolution*). */
@Injectable()
export class DirectoryResolver extends DestinationResolver {
  constructor(private readonly directory: Directory) {
    super();
  }

  override async resolve(customerId: string, destination: Address, signal: AbortSignal): Promise<Resolution> {
    signal.throwIfAborted();
    switch (destination.type) {
      case 'agent':
        return this.resolveAgent(customerId, destination);
      case 'extension':
        return this.resolveExtension(customerId, destination);
      default:
        return unresolved(`the directory has no ${destination.type || 'address without a type'}`);
    }
  }

  private async resolveAgent(customerId: string, { target }: Address): Promise<Resolution> {
    const id = uuidOfTarget(target);
    const agent = id === null ? null : await this.directory.findAgent(customerId, id);
    if (!agent) return unresolved(`the directory does not know agent ${target}`);
    if (agent.addresses.length === 0) return unresolved(`agent ${agent.id} has no address`);
    return { resolved: true, ringMethod: agent.ringMethod, destinations: agent.addresses, ownerId: agent.id };
  }

  private async resolveExtension(customerId: string, destination: Address): Promise<Resolution> {
    const { target_name, target, name, detail } = destination;
    const extension = await this.directory.findExtension(customerId, target_name || target);
    if (!extension) return unresolved(`the directory does not know extension ${target_name || target}`);
    if (extension.contacts.length === 0)
      return unresolved(`no phone is registered for extension ${extension.name}`);
    return {
      resolved: true,
      ringMethod: 'ring_all',
      destinations: extension.contacts.map((contact) =>
        toAddress({ type: 'sip', target: contact, target_name, name, detail }),
      ),
      ...(extension.agentId === null ? {} : { ownerId: extension.agentId }),
    };
  }
}

function unresolved(detail: string): Resolution {
  return { resolved: false, detail };
}
