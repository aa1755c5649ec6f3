/** A command on its way to an engine in another process. Everything in it can be written as JSON. */
export interface CommandMessage {
  /** UUID. The same id again is the same command: it takes effect at most once, and its reply is the same. */
  readonly id: string;
  /** Name of the use case, `create_groupcall`. */
  readonly name: string;
  readonly input: unknown;
  /** How long its sender waits for the reply, ms. */
  readonly patience: number;
  /** What its sender was doing, for whoever looks at traces; whatever was in the message. */
  readonly traceParent?: unknown;
}

/** What the engine says. `result` is null for commands that answer nothing. */
export type CommandReply =
  { readonly ok: true; readonly result: unknown } | { readonly ok: false; readonly error: WireError };

/** A `GroupcallError` on the wire. */
export interface WireError {
  readonly reason: string;
  readonly message: string;
  readonly details: readonly { readonly field: string; readonly message: string }[];
  /** ms */
  readonly retryAfter?: number;
}

/** Takes commands to an engine in another process. */
export abstract class CommandSender {
  /**
   * Resolves with the engine's reply, also when that is a refusal. A message with the id of one that is under way
   * waits for the same reply. The engine may get a message more than once.
   * @throws GroupcallError UNAVAILABLE when nothing was sent; CommandOutcomeUnknownError when there was no reply within
   * `patience`
   */
  abstract send(message: CommandMessage): Promise<CommandReply>;

  /** Stop within a few seconds; whoever still waits is told that the outcome is not known. */
  abstract stop(): Promise<void>;
}

/** Takes commands of other processes in. */
export abstract class CommandReceiver {
  /**
   * Start taking messages. `onCommand` never rejects; it may be called more than once with the same message, also at
   * the same time and in several processes.
   * @param onCommand `age`: ms since the message was sent, by the clocks of two machines
   */
  abstract start(onCommand: (message: CommandMessage, age: number) => Promise<CommandReply>): Promise<void>;

  /** Take nothing more and finish what is under way, within a few seconds. */
  abstract stop(): Promise<void>;
}
