import { once } from 'node:events';
import { createServer } from 'node:net';

/** A port that nobody uses on `host` now. Another may take it before we do: the starter tries again then. */
export async function freePort(host: string): Promise<number> {
  const server = createServer();
  server.listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port');
  return address.port;
}
