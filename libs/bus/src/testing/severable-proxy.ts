import { connect, createServer, type Socket } from 'node:net';

/** A TCP relay in front of a broker that can break every connection through it, as networks and dying processes do. */
export type SeverableProxy = {
  /** The broker's URL, by way of this relay. */
  url: string;
  /** Breaks every connection now; later ones are relayed again. */
  sever(): void;
  /** Breaks every connection, and refuses new ones until `restore`. */
  cut(): void;
  /** Carries nothing more over the connections there are, and says nothing of it, as a lost network does. */
  stall(): void;
  /** Relays new connections again. */
  restore(): void;
  close(): Promise<void>;
};

export async function severableProxy(brokerUrl: string): Promise<SeverableProxy> {
  const broker = new URL(brokerUrl);
  const sockets = new Set<Socket>();
  let open = true;
  const server = createServer((near) => {
    if (!open) {
      near.destroy();
      return;
    }
    const far = connect(Number(broker.port || 5672), broker.hostname);
    const both = [near, far] as const;
    const end = () => {
      for (const socket of both) {
        socket.destroy();
        sockets.delete(socket);
      }
    };
    for (const socket of both) {
      socket.setNoDelay(true);
      socket.on('error', end).on('close', end);
      sockets.add(socket);
    }
    near.pipe(far);
    far.pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('the relay has no port');
  const url = new URL(brokerUrl);
  url.hostname = '127.0.0.1';
  url.port = String(address.port);

  function sever(): void {
    for (const socket of sockets) socket.destroy();
  }

  return {
    url: url.toString(),
    sever,
    cut() {
      open = false;
      sever();
    },
    stall() {
      open = false;
      for (const socket of sockets) socket.unpipe().pause();
    },
    restore() {
      open = true;
    },
    close() {
      sever();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
