import { randomBytes, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import type { PeerLetter } from '../../../ports/peer-link.port.js';
import { inTime } from '../in-time.js';

/** What we use of a `pg` client that is not in the pool. */
interface Client {
  readonly processID: number;
  readonly database?: string;
  readonly password?: unknown;
  readonly connection: { readonly stream: { destroy(): void } };
  connect(): Promise<void>;
  query(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
  query(statement: { name: string; text: string; values: unknown[] }): Promise<{ rows: unknown[] }>;
  end(): Promise<void>;
  on(event: 'error' | 'end', listener: () => void): void;
  on(event: 'notification', listener: (news: { processId: number; payload?: string }) => void): void;
}

/** What makes connections like those of the pool, outside of it. */
export interface ClientSource {
  readonly Client: new (options: unknown) => Client;
  readonly options: unknown;
}

const SEND = `SELECT pg_notify("to", "text") FROM unnest($1::text[], $2::text[]) AS letter("to", "text")`;
/** ms that the end of a connection may take before it is simply cut. */
const PARTING = 1_000;
const derive = promisify<string, string, number, Buffer>(scrypt);

/** One connection that listens, from its beginning to its end. */
export class PeerSession {
  /** Resolves when nothing is heard any more, however it came to it. */
  readonly ended: Promise<void>;
  readonly address = randomBytes(8).toString('hex');
  private channel = '';

  private constructor(
    private readonly client: Client,
    private readonly deadline: number,
  ) {
    this.ended = new Promise((resolve) => {
      client.on('end', resolve);
      client.on('error', () => {
        this.destroy();
        resolve();
      });
    });
  }

  /**
   * @param table where the processes that meet have their trees
   * @param deadline ms for each thing that is asked of the server
   * @throws whatever kept it from listening
   */
  static async open(
    { Client, options }: ClientSource,
    topic: string,
    table: string,
    deadline: number,
    heard: (text: string) => void,
  ): Promise<PeerSession> {
    const session = new PeerSession(new Client(options), deadline);
    try {
      await inTime(session.listen(topic, table, heard), deadline);
      return session;
    } catch (error) {
      session.destroy();
      throw error;
    }
  }

  /** @throws when they may be lost; then the session is over */
  async send(letters: readonly PeerLetter[]): Promise<void> {
    const channels = letters.map(({ to }) => (to === undefined ? this.channel : `${this.channel}_${to}`));
    const texts = letters.map(({ text }) => text);
    try {
      const values = [channels, texts];
      await inTime(this.client.query({ name: 'groupcall_peers', text: SEND, values }), this.deadline);
    } catch (error) {
      this.destroy();
      throw error;
    }
  }

  async end(): Promise<void> {
    await inTime(this.client.end(), Math.min(PARTING, this.deadline)).catch(() => undefined);
    this.destroy();
  }

  private async listen(topic: string, table: string, heard: (text: string) => void): Promise<void> {
    const { client } = this;
    await client.connect();
    this.channel = await this.meetingPlace(topic, table);
    client.on('notification', ({ processId, payload }) => {
      if (processId !== client.processID && payload) heard(payload);
    });
    // A lost letter costs a moment, and waiting for the disk would cost it every time.
    await client.query(
      `SET synchronous_commit = off; LISTEN "${this.channel}"; LISTEN "${this.channel}_${this.address}"`,
    );
  }

  /**
   * Any role that may connect may listen and notify, on any channel whose name it knows, without a right to any table. So the
   * name follows from what only the processes themselves know, besides from the table.
   */
  private async meetingPlace(topic: string, table: string): Promise<string> {
    const { client } = this;
    const { rows } = await client.query('SELECT $1::regclass::oid::text AS oid', [table]);
    const [{ oid }] = rows as [{ oid: string }];
    const secret = typeof client.password === 'string' ? client.password : '';
    const key = await derive(secret, `groupcall/${client.database}/${oid}/${topic}`, 10);
    return `groupcall_${key.toString('hex')}`;
  }

  private destroy(): void {
    this.client.connection.stream.destroy();
  }
}
