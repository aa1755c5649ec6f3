import { PeerLink, type PeerLetter, type PeerListener } from '../../ports/peer-link.port.js';

interface Station {
  readonly topic: string;
  readonly address: string;
  readonly listener: PeerListener;
}

/** What the links of several processes in one memory have in common. */
export class InMemoryPeerHub {
  private readonly stations = new Map<string, Station>();
  private given = 0;

  /**
   * @param later when a letter arrives; missing: as soon as whoever sends it has finished
   * @param passes whether it arrives at all
   */
  constructor(
    private readonly later: (work: () => void) => void = queueMicrotask,
    private readonly passes: (text: string, from: string, to: string) => boolean = () => true,
  ) {}

  /** @returns the new station's address */
  join(topic: string, listener: PeerListener): string {
    this.given += 1;
    const address = `a${this.given}`;
    this.stations.set(address, { topic, address, listener });
    return address;
  }

  leave(address: string): void {
    this.stations.delete(address);
  }

  carry(from: string, { to, text }: PeerLetter): void {
    const { topic } = this.stations.get(from) ?? {};
    const receivers = [...this.stations.values()].filter(
      (one) => one.topic === topic && (to === undefined ? one.address !== from : one.address === to),
    );
    for (const { address } of receivers)
      if (this.passes(text, from, address))
        this.later(() => this.stations.get(address)?.listener.heard(text));
  }
}

/** A process's own end of a hub. */
export class InMemoryPeerLink extends PeerLink {
  override readonly mostBytes = 7_900;
  private again: (() => void) | undefined;
  private listener: PeerListener | undefined;
  private address: string | undefined;

  constructor(private readonly hub: InMemoryPeerHub) {
    super();
  }

  override start(topic: string, listener: PeerListener): void {
    this.listener = listener;
    this.again = () => {
      this.address = this.hub.join(topic, listener);
      listener.begun(this.address);
    };
    this.again();
  }

  override async send(letters: readonly PeerLetter[]): Promise<void> {
    for (const letter of letters) if (this.address !== undefined) this.hub.carry(this.address, letter);
  }

  override async stop(): Promise<void> {
    this.leave();
    this.again = undefined;
  }

  /** As when the connection breaks: whatever is on its way to it is lost. It is there again with {@link mend}. */
  tear(): void {
    if (this.leave()) this.listener?.ended();
  }

  mend(): void {
    if (this.address === undefined) this.again?.();
  }

  private leave(): boolean {
    if (this.address === undefined) return false;
    this.hub.leave(this.address);
    this.address = undefined;
    return true;
  }
}
