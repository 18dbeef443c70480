import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { downloadPrebuilt } from '../../../scripts/setup/mediasoupWorker.mjs';

const hasCurl = spawnSync('curl', ['--version']).status === 0;

it.skipIf(!hasCurl)("mediasoup's prebuilt worker is fetched through the user's proxy", async () => {
  const asked = [];
  const proxy = createServer().on('connect', (request, socket) => {
    asked.push(request.url);
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const cache = mkdtempSync(path.join(tmpdir(), 'tritone-proxy-'));
  const env = {
    ...{ PATH: process.env.PATH, HTTPS_PROXY: `http://127.0.0.1:${proxy.address().port}` },
    MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL: 'https://mirror.invalid',
  };
  expect(await downloadPrebuilt({ cache, version: '3.27.1', env })).toBeUndefined(); // it is told no, and set-up builds
  expect(asked).toEqual(['mirror.invalid:443']);
  proxy.close();
  rmSync(cache, { recursive: true });
});
