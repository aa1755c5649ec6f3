import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { PeerLink, type PeerLetter, type PeerListener } from '../../../ports/peer-link.port.js';
import type { TableNames } from '../tables.js';
import { STATEMENT_DEADLINE } from '../time-limits.js';
import { PeerSession, type ClientSource } from './peer-session.js';

/** ms between two tries to connect. */
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 5_000;

/**
 * `LISTEN` and `NOTIFY` on a connection of its own, so that neither waits for a statement of the engine nor the engine for it.
 * PostgreSQL loses nothing while a connection lasts: whatever may have been lost is a new session, at a new address.
 */
export class PostgresPeerLink extends PeerLink {
  /** PostgreSQL takes less than 8000. */
  override readonly mostBytes = 7_900;
  private readonly logger = new Logger('Groupcall');
  private session: PeerSession | undefined;
  private running: Promise<void> | undefined;
  private isStopped = false;
  /** The letters on their way. */
  private sending: Promise<void> = Promise.resolve();
  private wake: () => void = () => undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly tables: Pick<TableNames, 'tree'>,
    /** ms for what is asked of the server, at most. */
    private readonly deadline = STATEMENT_DEADLINE,
  ) {
    super();
  }

  override start(topic: string, listener: PeerListener): void {
    this.running ??= this.run(topic, listener);
  }

  override send(letters: readonly PeerLetter[]): Promise<void> {
    // One after the other; that it failed is told by the end of the session.
    this.sending = this.sending.then(() => this.session?.send(letters)).catch(() => undefined);
    return this.sending;
  }

  override async stop(): Promise<void> {
    this.isStopped = true;
    this.wake();
    await this.session?.end();
    await this.running;
  }

  private async run(topic: string, listener: PeerListener): Promise<void> {
    let pause = FIRST_PAUSE;
    let isKnown = false;
    while (!this.isStopped) {
      try {
        const session = await this.open(topic, listener);
        pause = FIRST_PAUSE;
        isKnown = false;
        await session.ended;
        this.session = undefined;
        listener.ended();
      } catch (error) {
        if (!isKnown)
          this.logger.warn(
            `The other processes cannot be heard for now: commands are decided where they arrive. ${String(error)}`,
          );
        isKnown = true;
      }
      await this.rest(pause);
      pause = Math.min(2 * pause, LONGEST_PAUSE);
    }
  }

  private async open(topic: string, listener: PeerListener): Promise<PeerSession> {
    const { master } = this.dataSource.driver as unknown as { master?: ClientSource };
    if (!master?.Client) throw new Error('The DataSource has no pool of connections.');
    const hear = (text: string) => {
      if (this.session && !this.isStopped) listener.heard(text);
    };
    const session = await PeerSession.open(master, topic, this.tables.tree, this.deadline, hear);
    if (this.isStopped) await session.end();
    this.session = session;
    if (!this.isStopped) listener.begun(session.address);
    return session;
  }

  private rest(ms: number): Promise<void> {
    if (this.isStopped) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      timer.unref();
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
