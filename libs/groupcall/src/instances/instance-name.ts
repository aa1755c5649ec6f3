/** The engine that is meant when nobody says which. */
export const DEFAULT_INSTANCE = 'default';

/** An engine's name is part of key prefixes and schemas. */
const NAME = /^[a-z][a-z0-9_]{0,29}$/;

const addressees = new WeakMap<object, string>();

/**
 * Says which engine of this process a command is for, and gives it back:
 * `commandBus.execute(forInstance('voice', new HangupCommand({ groupcallId })))`. Not needed for the engine without a
 * name.
 * @param instance the `name` that its module was imported with
 */
export function forInstance<C extends object>(instance: string, command: C): C {
  addressees.set(command, instance);
  return command;
}

/** The engine that a command is for. */
export function instanceOf(command: object): string {
  return addressees.get(command) ?? DEFAULT_INSTANCE;
}

/**
 * The token under which an engine's ports can be injected: `@Inject(instanceToken('voice', GroupcallReader))`. Those of the
 * engine without a name are injected by their class as well; `app.get(…)` needs the token when there are several engines.
 */
export function instanceToken(instance: string, port: { readonly name: string }): string {
  return `groupcall ${instance} ${port.name}`;
}

/** @throws Error when it cannot be an engine's name */
export function checkInstanceName(name: string): void {
  if (NAME.test(name)) return;
  throw new Error(
    `GroupcallModule: name is ${JSON.stringify(name)}; it must be lower-case letters, digits and "_", at most 30, a letter first.`,
  );
}
