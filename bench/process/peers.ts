import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

type Message =
  | {
      readonly kind: 'ask';
      readonly id: number;
      readonly from: number;
      readonly method: string;
      readonly args: unknown[];
    }
  | { readonly kind: 'reply'; readonly id: number; readonly result?: unknown; readonly error?: string }
  | { readonly kind: 'tell'; readonly method: string; readonly args: unknown[] };

/** What the other processes may call here. */
export type Callable = Record<string, (...args: never[]) => unknown>;

/** Lines of JSON between the processes of one run, gathered per turn of the event loop. */
export class Peers {
  private readonly sockets: Socket[] = [];
  private readonly out: string[] = [];
  private readonly waiting = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (error: Error) => void }
  >();
  private asked = 0;
  private flushing = false;
  me = 0;

  private constructor(
    private readonly server: Server,
    private readonly callable: Callable,
  ) {}

  static async listen(callable: Callable): Promise<Peers> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const peers = new Peers(server, callable);
    server.on('connection', (socket) => {
      socket.on('error', () => undefined);
      createInterface({ input: socket }).on('line', (line) => {
        for (const message of JSON.parse(line) as Message[]) void peers.receive(message);
      });
    });
    return peers;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get count(): number {
    return Math.max(1, this.sockets.length);
  }

  /** @param ports of all processes, this one included */
  async join(ports: readonly number[], me: number): Promise<void> {
    this.me = me;
    for (const port of ports) {
      const socket = connect({ host: '127.0.0.1', port, noDelay: true });
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      this.sockets.push(socket);
      this.out.push('');
    }
  }

  ask(peer: number, method: string, ...args: unknown[]): Promise<unknown> {
    this.asked += 1;
    const id = this.asked;
    this.send(peer, { kind: 'ask', id, from: this.me, method, args });
    return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
  }

  tell(peer: number, method: string, ...args: unknown[]): void {
    this.send(peer, { kind: 'tell', method, args });
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }

  private send(peer: number, message: Message): void {
    this.out[peer] += `${this.out[peer] ? ',' : ''}${JSON.stringify(message)}`;
    if (this.flushing) return;
    this.flushing = true;
    setImmediate(() => {
      this.flushing = false;
      for (const [index, text] of this.out.entries()) {
        if (text) this.sockets[index].write(`[${text}]\n`);
        this.out[index] = '';
      }
    });
  }

  private async receive(message: Message): Promise<void> {
    if (message.kind === 'reply') {
      const one = this.waiting.get(message.id);
      this.waiting.delete(message.id);
      if (message.error === undefined) one?.resolve(message.result);
      else one?.reject(new Error(message.error));
      return;
    }
    const call = async () => this.callable[message.method](...(message.args as never[]));
    if (message.kind === 'tell') return void call();
    const { id } = message;
    try {
      this.send(message.from, { kind: 'reply', id, result: await call() });
    } catch (error) {
      this.send(message.from, { kind: 'reply', id, error: String(error) });
    }
  }
}
