import { connect } from 'node:net';

/**
 * Whether a server answers at the address of `url` within `timeout` ms: some speak first (MariaDB), others only when spoken to.
 * A server that takes the connection and then says nothing counts as absent.
 */
export async function isAnswering(url: string, greeting = '', timeout = 2_000): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port), timeout });
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => socket.write(greeting));
    socket.once('data', () => settle(true));
    socket.once('timeout', () => settle(false));
    socket.once('error', () => settle(false));
    socket.once('close', () => settle(false));
  });
}
