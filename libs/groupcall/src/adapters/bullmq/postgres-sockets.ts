import { Socket } from 'node:net';

/**
 * Makes the sockets of every PostgreSQL connection, so that they can be destroyed: closing a pool waits for a server
 * that may be gone.
 */
export class PostgresSockets {
  private readonly open = new Set<Socket>();

  /** For the `stream` setting of pg. */
  readonly create = (): Socket => {
    const socket = new Socket();
    this.open.add(socket);
    socket.once('close', () => this.open.delete(socket));
    return socket;
  };

  /** Whoever uses one of them is told that the connection ended. */
  destroy(): void {
    for (const socket of this.open) socket.destroy();
  }
}
