import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { promisify } from 'node:util';
import type { FastifyInstance } from 'fastify';
import { TritoneError } from '../../shared/errors.ts';

export interface ListenAddress {
  host: string;
  port: number;
}

export interface SecureAddress extends ListenAddress {
  /** PEM texts. */
  cert: string;
  key: string;
}

export interface Listeners {
  readonly servers: readonly (HttpServer | HttpsServer)[];
  readonly httpPort: number;
  readonly httpsPort: number | undefined;
  close(): Promise<void>;
}

/**
 * One app behind two listeners: http for this machine, https for the network, since browsers give a microphone to
 * secure pages only. @throws TritoneError `server.port_taken`
 */
export async function listen(
  app: FastifyInstance,
  plain: ListenAddress,
  secure: SecureAddress | undefined,
): Promise<Listeners> {
  const http = createHttpServer(app.routing);
  const https =
    secure === undefined ? undefined : createHttpsServer({ cert: secure.cert, key: secure.key }, app.routing);
  const httpPort = await open(http, plain, 'PORT');
  const httpsPort = https !== undefined && secure !== undefined ? await open(https, secure, 'HTTPS_PORT') : undefined;
  const servers = https === undefined ? [http] : [http, https];
  const sockets = new Set<Socket>();
  for (const server of servers) {
    server.on('connection', (socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    });
  }
  return {
    servers,
    httpPort,
    httpsPort,
    async close() {
      const closed = servers.map((server) => promisify(server.close.bind(server))().catch(() => {}));
      // Websockets are no longer the server's connections: only destroyed sockets let it close, and pages then try again.
      for (const socket of sockets) socket.destroy();
      await Promise.all(closed);
    },
  };
}

async function open(server: HttpServer | HttpsServer, { host, port }: ListenAddress, setting: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(cause.code === 'EADDRINUSE' ? new TritoneError('server.port_taken', { port, setting }, { cause }) : cause);
    });
    server.listen(port, host, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
  return (server.address() as AddressInfo).port;
}
