import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import { describe, expect, it } from 'vitest';
import { followOutput } from '../../../server/inference/embedded/tritonLog.ts';
import { type Log, silentLog } from '../../../server/streams/log.ts';

async function levelOf(line: string): Promise<string> {
  const levels: string[] = [];
  const log: Log = {
    ...silentLog,
    debug: () => levels.push('debug'),
    warn: () => levels.push('warn'),
  };
  const output = new PassThrough();
  followOutput(output, log);
  output.end(`${line}\n`);
  await finished(output);
  await new Promise(setImmediate);
  return levels.join();
}

describe('what Triton and its models write', () => {
  it.each([
    ['WARNING:root:large-v3 runs on the CPU: Library libcublas.so.12 is not found', 'warn'],
    ['/x/y.py:3: UserWarning: an old export', 'warn'],
    ['[WARN] few threads', 'warn'],
    ['loaded in 3 s', 'debug'],
    ['I1123 16:36:57.123456 4711 server.cc:1] "warning: nothing"', 'debug'],
    ['E1123 16:36:57.123456 4711 model.cc:42] "it failed"', 'warn'],
    ['E1123 16:36:57.123456 4711 cuda.cc:42] "CudaDriverHelper has not been initialized."', 'debug'],
    ['E1123 16:36:57.123456 4711 backend.cc:6] "WeightsMissingError: weights \'x\' are not installed"', 'debug'],
    ['', ''],
  ])('is told as it weighs: %s', async (line, level) => {
    expect(await levelOf(line)).toBe(level);
  });
});
