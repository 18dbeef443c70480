import { once } from 'node:events';
import { expect, it } from 'vitest';
import { ServerProcess } from '../../fixtures/serverProcess.ts';

it('ends at the Ctrl-C of a terminal, which its workers get as well, without a word of an error', async () => {
  await using server = await ServerProcess.start({
    env: { TRITON_URL: '127.0.0.1:9', LOG_LEVEL: 'info' },
    ownGroup: true,
  });
  const group = server.process.pid;
  if (group === undefined) throw new Error('the server has no process id');
  const ended = once(server.process, 'close');
  process.kill(-group, 'SIGINT');
  expect(await ended).toEqual([0, null]);
  const lines = server.log
    .trim()
    .split('\n')
    .map((line): { level: number; msg: string } => JSON.parse(line));
  expect(lines.map(({ msg }) => msg)).toContain('closing');
  const PINO_ERROR = 50;
  expect(lines.filter(({ level }) => level >= PINO_ERROR)).toEqual([]);
});
