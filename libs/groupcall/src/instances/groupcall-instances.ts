import { Injectable } from '@nestjs/common';
import { DEFAULT_INSTANCE, instanceOf } from './instance-name.js';

/** Carries a command out. */
export interface CommandExecutor {
  execute(command: object): Promise<unknown>;
}

/** What no two engines of a process may have in common. */
export interface InstanceIdentity {
  readonly name: string;
  /** The tables in their database, as a sentence calls them. */
  readonly tables: { readonly source: object; readonly tree: string };
  /** Server and key prefix or schema of the queue. */
  readonly queue: string;
}

/** Every engine of this process, by name: where a command finds the one that it is for. */
@Injectable()
export class GroupcallInstances {
  private readonly all = new Map<
    string,
    { identity: InstanceIdentity; handlers: Map<unknown, CommandExecutor> }
  >();

  /** @throws Error when it would get in the way of another one */
  add(identity: InstanceIdentity, handlers: Map<unknown, CommandExecutor>): void {
    const { name, tables, queue } = identity;
    if (this.all.has(name)) {
      throw new Error(
        `Two GroupcallModules are called "${name}": give each one but one a name of its own (option name).`,
      );
    }
    for (const { identity: other } of this.all.values()) {
      if (other.tables.source === tables.source && other.tables.tree === tables.tree)
        throw new Error(
          `The GroupcallModules "${other.name}" and "${name}" use the same tables (${tables.tree}): give one of them another option tables or dataSource, with entities and migrations for it.`,
        );
      if (other.queue === queue)
        throw new Error(
          `The GroupcallModules "${other.name}" and "${name}" use the same queue (${queue}): give one of them another queue.prefix (Redis) or queue.schema (PostgreSQL).`,
        );
    }
    this.all.set(name, { identity, handlers });
  }

  /** @throws Error that names the engines there are */
  handlerOf(command: object): CommandExecutor {
    const name = instanceOf(command);
    const handler = this.all.get(name)?.handlers.get(command.constructor);
    if (handler) return handler;
    const names = [...this.all.keys()].map((one) => `"${one}"`).join(', ') || 'none';
    const hint =
      name === DEFAULT_INSTANCE
        ? `Say which one is meant: forInstance('…', command).`
        : `Import GroupcallModule.forRoot({ name: '${name}', … }), or name another one.`;
    throw new Error(`There is no groupcall engine "${name}" in this process, only: ${names}. ${hint}`);
  }
}
