import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

/** The first of `ports` that something else listens on, over UDP or TCP; asked after a worker could not have its own. */
export async function takenPort(host: string, ports: readonly number[]): Promise<number | undefined> {
  for (const port of ports) {
    if (!(await canBindUdp(host, port)) || !(await canListenTcp(host, port))) return port;
  }
  return undefined;
}

function canBindUdp(host: string, port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  return new Promise((resolve) => {
    socket.once('error', () => socket.close(() => resolve(false)));
    socket.bind({ port, address: host, exclusive: true }, () => socket.close(() => resolve(true)));
  });
}

function canListenTcp(host: string, port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
