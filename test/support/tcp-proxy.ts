import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Stands between a client and a server, to take the server away and give it back. */
export class TcpProxy {
  private server: Server | undefined;
  private port = 0;
  private frozen = false;
  private held = false;
  private marker: string | undefined;
  private readonly pairs = new Map<Socket, Socket>();

  /** @param target URL of the server */
  constructor(private readonly target: string) {}

  /** The target's URL by way of this proxy. */
  get url(): string {
    const url = new URL(this.target);
    url.hostname = '127.0.0.1';
    url.port = String(this.port);
    return url.href;
  }

  /** How many clients are connected. */
  get connections(): number {
    return this.pairs.size;
  }

  /** Chooses a port without listening on it: the server is "down" until {@link open}. */
  async reserve(): Promise<this> {
    await this.open();
    await this.cut();
    return this;
  }

  async open(): Promise<this> {
    this.frozen = false;
    this.held = false;
    this.server = createServer((client) => this.accept(client));
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
    return this;
  }

  /** The server is gone: connections break, new ones are refused. */
  async cut(): Promise<void> {
    for (const [client, upstream] of this.pairs) {
      client.resetAndDestroy();
      upstream.destroy();
    }
    const server = this.server;
    this.server = undefined;
    if (server) await new Promise((resolve) => server.close(resolve));
  }

  /** The server takes connections and says nothing any more, as one that hangs. */
  freeze(): void {
    this.frozen = true;
    this.held = false;
    for (const [client, upstream] of this.pairs) {
      // What arrives is thrown away, so that the end of a connection is still noticed.
      client.unpipe(upstream).resume();
      upstream.unpipe(client).resume();
    }
  }

  /** Nothing passes any more and nothing is lost: a network that stalls, until {@link release}. */
  hold(): void {
    if (this.held || this.frozen) return;
    this.held = true;
    for (const [client, upstream] of this.pairs) {
      client.unpipe(upstream).pause();
      upstream.unpipe(client).pause();
    }
  }

  release(): void {
    // Piped twice, everything would arrive twice.
    if (!this.held) return;
    this.held = false;
    for (const [client, upstream] of this.pairs) client.pipe(upstream).pipe(client);
  }

  /** The next request that contains `text` reaches the server, and its reply nobody: the connection breaks in between. */
  loseReplyTo(text: string): void {
    this.marker = text;
  }

  private accept(client: Socket): void {
    const { hostname, port } = new URL(this.target);
    const upstream = connect(Number(port), hostname);
    this.pairs.set(client, upstream);
    client.on('error', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
    client.once('close', () => {
      this.pairs.delete(client);
      upstream.destroy();
    });
    upstream.once('close', () => {
      if (!this.frozen) client.destroy();
    });
    if (this.frozen) return void client.resume();
    client.on('data', (chunk: Buffer) => this.watch(chunk, client, upstream));
    if (this.held) client.pause();
    else client.pipe(upstream).pipe(client);
  }

  private watch(chunk: Buffer, client: Socket, upstream: Socket): void {
    if (this.marker === undefined || this.held || this.frozen || !chunk.includes(this.marker)) return;
    this.marker = undefined;
    upstream.unpipe(client);
    upstream.once('data', () => {
      client.resetAndDestroy();
      upstream.destroy();
    });
  }
}
