/** A text on its way to other processes. */
export interface PeerLetter {
  /** The address of one process; undefined: everybody's. */
  readonly to: string | undefined;
  /** At most {@link PeerLink.mostBytes} of UTF-8. */
  readonly text: string;
}

/** Whoever listens to a link. None of these may throw. */
export interface PeerListener {
  /**
   * From now on this process can be reached, at an address that nobody else has or ever had. Whatever was on its way before
   * may be lost: the same as {@link ended} when it was not said.
   */
  begun(address: string): void;
  /** Nothing is heard or sent any more, until it begins again. */
  ended(): void;
  heard(text: string): void;
}

/**
 * Takes short texts from one process of an engine to the others: those on the same tables, and no others. It may lose
 * what it has, never changes anything, and keeps the order of what one process sends to another. Losing it costs speed
 * only, so it never keeps anybody waiting.
 */
export abstract class PeerLink {
  /** UTF-8 bytes that a letter may have. */
  abstract readonly mostBytes: number;

  /**
   * Goes on trying by itself, for ever: it neither fails nor waits. At most once.
   * @param topic processes that begin with another one do not meet: lower-case letters and digits, at most 20
   */
  abstract start(topic: string, listener: PeerListener): void;

  /** Resolves when they are on their way or lost; never rejects. Nobody hears what he sends to everybody himself. */
  abstract send(letters: readonly PeerLetter[]): Promise<void>;

  /** Nothing is heard any more. Within a second or two, also when it was never started. */
  abstract stop(): Promise<void>;
}

/** Knows nobody. */
export class NoPeers extends PeerLink {
  override readonly mostBytes = 0;

  override start(): void {}
  override send(): Promise<void> {
    return Promise.resolve();
  }
  override stop(): Promise<void> {
    return Promise.resolve();
  }
}
