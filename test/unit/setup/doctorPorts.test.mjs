import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { checkPorts } from '../../../scripts/doctor/network.mjs';

const mediaRow = async (env) => (await checkPorts({ PORT: '0', HTTPS_PORT: '0', ...env })).at(-1);

describe("the doctor's look at the media ports", () => {
  it('names the one that is taken, by its protocol', async () => {
    const server = createServer().listen(0, '0.0.0.0');
    await once(server, 'listening');
    const { port } = server.address();
    const found = { fit: 'no', found: `${port} (TCP): EADDRINUSE` };
    expect(await mediaRow({ RTC_PORT: String(port), MEDIA_WORKERS: '1' })).toMatchObject(found);
    expect(await mediaRow({ RTC_PORT: String(port - 1), MEDIA_WORKERS: '2' })).toMatchObject({ fit: 'no' });
    server.close();
  });

  it('tries UDP too', async () => {
    const socket = createSocket('udp4').bind(0, '0.0.0.0');
    await once(socket, 'listening');
    const { port } = socket.address();
    const found = { fit: 'no', found: `${port} (UDP): EADDRINUSE` };
    expect(await mediaRow({ RTC_PORT: String(port), MEDIA_WORKERS: '1' })).toMatchObject(found);
    socket.close();
  });

  it('leaves the choice to the system at 0, and refuses what is past the last port', async () => {
    expect(await mediaRow({ RTC_PORT: '0', MEDIA_WORKERS: '4' })).toMatchObject({ fit: 'yes', found: 'any free ones' });
    expect(await mediaRow({ RTC_PORT: '65535', MEDIA_WORKERS: '2' })).toMatchObject({
      fit: 'no',
      mend: 'set RTC_PORT to a number below 65536',
    });
    expect(await mediaRow({ RTC_PORT: 'abc', MEDIA_WORKERS: '2' })).toMatchObject({ fit: 'no' });
  });
});
