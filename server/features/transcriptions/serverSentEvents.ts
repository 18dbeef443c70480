import type { Clock } from '../../streams/clock.ts';
import { inTurns } from '../../streams/inTurns.ts';
import type { TranscriptionJob } from './transcriptionJob.ts';
import { resultPieces, spokenLine, stateOf } from './transcriptionSchemas.ts';

/**
 * A job as server-sent events: `line` for each utterance, `progress` between them, at last `done` or `error`.
 * What a second pass betters after its line was told stands in `done`. Reads the job when the receiver is ready, so a slow one costs no memory.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export async function* serverSentEvents(job: TranscriptionJob, clock: Clock): AsyncGenerator<string, void, void> {
  let told = 0;
  while (true) {
    const changed = job.changed();
    for (const line of job.lines.slice(told)) yield serverSentEvent('line', spokenLine(line));
    told = job.lines.length;
    if (job.status !== 'running') break;
    yield serverSentEvent('progress', stateOf(job));
    await changed;
  }
  if (job.status === 'done') yield* inTurns(doneEvent(job), clock);
  else yield serverSentEvent('error', stateOf(job));
}

function* doneEvent(job: TranscriptionJob): Generator<string, void, void> {
  yield 'event: done\ndata: ';
  yield* resultPieces(job);
  yield '\n\n';
}

function serverSentEvent(event: string, data: object): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
