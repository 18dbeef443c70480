import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { availableParallelism } from 'node:os';
import { announcedAddress, lanAddresses } from '../setup/network.mjs';

const ECHO_DEADLINE_MS = 2000;

/** @returns {Promise<string | undefined>} the error's code when the port cannot be taken */
async function whyTcpPortIsTaken(port, host) {
  const server = createServer();
  try {
    server.listen({ port, host, exclusive: true });
    await once(server, 'listening');
    return undefined;
  } catch (error) {
    return error.code;
  } finally {
    server.close();
  }
}

async function whyUdpPortIsTaken(port, address) {
  const socket = createSocket('udp4');
  try {
    socket.bind({ port, address, exclusive: true });
    await once(socket, 'listening');
    return undefined;
  } catch (error) {
    return error.code;
  } finally {
    socket.close();
  }
}

const MENDS = {
  EACCES: (name) => `ports below 1024 need root: set ${name}`,
  ERR_SOCKET_BAD_PORT: (name) => `set ${name} to a number below 65536`,
};

function portRow(what, port, why, name) {
  const mend = MENDS[why]?.(name) ?? `end what listens there (Tritone itself?), or set ${name} to a free one`;
  return why ? { what, found: `${port}: ${why}`, fit: 'no', mend } : { what, found: `${port} free`, fit: 'yes' };
}

/** The ports that the server takes, with the settings it reads. @returns {Promise<import('./table.mjs').Row[]>} */
export async function checkPorts(env = process.env) {
  const http = Number(env.PORT || 3000);
  const https = Number(env.HTTPS_PORT || 3443);
  const first = Number(env.RTC_PORT || 40_000);
  const workers = Number(env.MEDIA_WORKERS || availableParallelism());
  return [
    portRow('Port of http', http, await whyTcpPortIsTaken(http, env.HOST || '127.0.0.1'), 'PORT'),
    portRow('Port of https', https, await whyTcpPortIsTaken(https, env.HTTPS_HOST || '0.0.0.0'), 'HTTPS_PORT'),
    await mediaPortsRow(first, workers),
  ];
}

/** As the server takes them: worker n the port `first + n`, for both protocols; with 0 any that is free. */
async function mediaPortsRow(first, workers) {
  const what = 'Ports of media (UDP, TCP)';
  if (first === 0) return { what, found: 'any free ones', fit: 'yes' };
  if (!Number.isInteger(first)) return portRow(what, 'no number', 'ERR_SOCKET_BAD_PORT', 'RTC_PORT');
  const last = first + workers - 1;
  for (let port = first; port <= last; port++) {
    const whyUdp = await whyUdpPortIsTaken(port, '0.0.0.0');
    const why = whyUdp ?? (await whyTcpPortIsTaken(port, '0.0.0.0'));
    if (why) return portRow(what, `${port} (${whyUdp ? 'UDP' : 'TCP'})`, why, 'RTC_PORT');
  }
  return portRow(what, workers > 1 ? `${first}-${last}` : String(first), undefined, 'RTC_PORT');
}

/** Sends a datagram to `address` and back. @returns {Promise<number>} round trip, ms @throws when none comes back */
async function udpEcho(address) {
  const echo = createSocket('udp4');
  const client = createSocket('udp4');
  try {
    echo.on('message', (message, { port, address: from }) => echo.send(message, port, from));
    echo.bind(0, '0.0.0.0');
    await once(echo, 'listening');
    const startedAt = performance.now();
    client.send('tritone', echo.address().port, address);
    await once(client, 'message', { signal: AbortSignal.timeout(ECHO_DEADLINE_MS) });
    return performance.now() - startedAt;
  } finally {
    echo.close();
    client.close();
  }
}

async function echoRow(what, address, mend) {
  try {
    return { what, found: `${address} echoes in ${(await udpEcho(address)).toFixed(1)} ms`, fit: 'yes' };
  } catch (error) {
    const why =
      error.name === 'AbortError' || error.name === 'TimeoutError' ? 'no echo' : (error.code ?? error.message);
    return { what, found: `${address}: ${why}`, fit: 'no', mend };
  }
}

/** UDP through loopback and through the address that calls announce. @returns {Promise<import('./table.mjs').Row[]>} */
export async function checkUdp(env = process.env) {
  const announced = announcedAddress(env).split(',')[0];
  const rows = [
    await echoRow('UDP on loopback', '127.0.0.1', 'allow UDP on the loopback interface (firewall, sandbox)'),
  ];
  if (lanAddresses().includes(announced)) {
    rows.push(await echoRow('Announced address', announced, 'allow UDP in the firewall, or set ANNOUNCED_ADDRESS'));
  } else if (announced === '127.0.0.1') {
    rows.push({ what: 'Announced address', found: 'no network: calls on this machine alone', fit: 'absent' });
  } else {
    const found = `${announced} belongs to no interface here (NAT?)`;
    rows.push({ what: 'Announced address', found, fit: 'absent', mend: 'forward the media ports to this machine' });
  }
  return rows;
}
