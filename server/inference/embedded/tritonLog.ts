import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Log } from '../../streams/log.ts';
import { NOT_INSTALLED } from '../loadModels.ts';

const LONGEST_LINE = 1000;

/** Triton's `W1123 16:36:57.123456 4711 model.cc:42] "text"`; lines of other forms come from the models. */
const tritonLine = /^([IWEF])\d{4} [\d:.]+ +\d+ +(\S+)\] (.*)$/;

/** Python's `WARNING:root:…` and `UserWarning: …`: a model that fell back to the CPU, say. */
const modelWarning = /warn(?:ing)?\b/i;

/** Told as an error by every start on a CPU. */
const usual = /CudaDriverHelper has not been initialized/;

/** Passes what Triton and its models write on to the log, line by line. */
export function followOutput(output: Readable, log: Log): void {
  createInterface({ input: output, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (raw) => {
    const line = raw.slice(0, LONGEST_LINE);
    if (line.trim() === '') return;
    const [, level, where, text] = tritonLine.exec(line) ?? [];
    if (text === undefined && modelWarning.test(line)) log.warn({ line }, 'model warns');
    else if (text === undefined) log.debug({ line }, 'model output');
    else if (level === 'I' || level === 'W' || usual.test(text) || NOT_INSTALLED.test(text))
      log.debug({ where, line: text }, 'triton output');
    else log.warn({ where, line: text }, 'triton complains');
  });
}
