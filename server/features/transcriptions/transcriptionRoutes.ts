import { Readable } from 'node:stream';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { TritoneError } from '../../../shared/errors.ts';
import type { SpeechToText } from '../../inference/speechToText.types.ts';
import { decodeAudioFile } from '../../media/files/decodeAudioFile.ts';
import type { Clock } from '../../streams/clock.ts';
import type { Log } from '../../streams/log.ts';
import type { Metrics } from '../../streams/metrics.ts';
import { contentTypeOf, parseFormat, type TranscriptFormat, writeTranscript } from '../transcripts/formats.ts';
import { sendPieces } from '../transcripts/sendPieces.ts';
import { formatSchema, textDocument } from '../transcripts/transcriptSchemas.ts';
import { receiveUpload } from './receiveUpload.ts';
import { serverSentEvents } from './serverSentEvents.ts';
import type { DecodeAudioFile, TranscriptionJob, TranscriptionJobOptions } from './transcriptionJob.ts';
import { TranscriptionJobs } from './transcriptionJobs.ts';
import {
  resultPieces,
  stateOf,
  transcriptionOptionsSchema,
  transcriptionResultSchema,
  transcriptionStateSchema,
  uploadSchema,
} from './transcriptionSchemas.ts';

/** What a raw body may call itself; what it is shows when it is decoded. */
const SOUND_TYPES = /^(audio\/|video\/|application\/ogg|application\/octet-stream)/;
const DEFAULT_MAX_UPLOAD_BYTES = 500 * 1024 * 1024;

export interface TranscriptionRoutesOptions {
  speechToText: SpeechToText;
  clock: Clock;
  log: Log;
  metrics: Metrics;
  /** Largest file, bytes; 500 MB unless given. */
  maxUploadBytes?: number;
  decode?: DecodeAudioFile;
}

const params = z.object({ id: z.uuid() });
const result = {
  description: 'The transcript',
  content: {
    'application/json': { schema: transcriptionResultSchema },
    'text/vtt': textDocument,
    'application/x-subrip': textDocument,
    'text/plain': textDocument,
    'text/event-stream': textDocument,
  },
};

/** Files to text, through the pipeline of the live captions. */
export function transcriptionRoutes(options: TranscriptionRoutesOptions): FastifyPluginAsync {
  const { clock, metrics, maxUploadBytes = DEFAULT_MAX_UPLOAD_BYTES, decode = decodeAudioFile } = options;
  const log = options.log.child({ feature: 'transcriptions' });
  const counted = (status: string) =>
    metrics.counter('tritone_transcriptions_total', 'Files transcribed, by how that ended', { status });

  /** Form fields win over the query. @throws TritoneError `request.invalid` */
  async function receive(
    request: FastifyRequest,
  ): Promise<{ start: TranscriptionJobOptions; format: TranscriptFormat }> {
    const { file, fields } = await receiveUpload(request, maxUploadBytes);
    try {
      const { language, model, format } = readOptions({ ...(request.query as object), ...fields });
      const { speechToText } = options;
      return { start: { file, language, model, decode, speechToText, clock, log }, format };
    } catch (cause) {
      await file[Symbol.asyncDispose]();
      throw cause;
    }
  }

  return async (untyped) => {
    const app = untyped.withTypeProvider<ZodTypeProvider>();
    const jobs = new TranscriptionJobs(clock);
    app.addHook('onClose', () => jobs.close());
    app.addContentTypeParser(SOUND_TYPES, (_request, payload, done) => done(null, payload));

    app.post(
      '/transcriptions',
      {
        schema: {
          summary: 'Transcribe a sound file',
          description:
            'WAV, Ogg, WebM or MP3, as field `file` of a form or as the body itself. Answers when all is transcribed; ' +
            'with `Accept: text/event-stream` it tells each line as it comes, with `wait=false` it answers at once ' +
            'with an id to ask for. Hanging up cancels.',
          consumes: ['multipart/form-data', 'audio/*', 'application/octet-stream'],
          body: uploadSchema,
          querystring: transcriptionOptionsSchema.extend({
            wait: z.enum(['true', 'false']).default('true').describe('false: answer 202 at once'),
          }),
          response: { 200: result, 202: transcriptionStateSchema },
        },
      },
      async (request, reply) => {
        parseFormat(request.query.format);
        let format: TranscriptFormat = 'json';
        const job = await jobs.start(async () => {
          const received = await receive(request);
          format = received.format;
          return received.start;
        });
        void job.ended.then(() => counted(job.status).inc());
        if (request.query.wait === 'false') {
          return reply
            .status(202)
            .header('location', `${request.url.split('?')[0]}/${job.id}`)
            .send(stateOf(job));
        }
        reply.raw.once('close', () => job.cancel());
        if (wantsEvents(request)) return sendEvents(reply, job, clock);
        await job.ended;
        return sendResult(reply, job, format, clock);
      },
    );

    app.get(
      '/transcriptions/:id',
      {
        schema: {
          summary: 'State of a transcription',
          description: 'With `Accept: text/event-stream`, as it goes on.',
          params,
          response: {
            200: {
              description: 'The state',
              content: { 'application/json': { schema: transcriptionStateSchema }, 'text/event-stream': textDocument },
            },
          },
        },
      },
      async (request, reply) => {
        const job = jobs.find(request.params.id);
        return wantsEvents(request) ? sendEvents(reply, job, clock) : reply.send(stateOf(job));
      },
    );

    app.get(
      '/transcriptions/:id/result',
      {
        schema: {
          summary: 'Result of a transcription',
          description: 'Waits for its end.',
          params,
          querystring: z.object({ format: formatSchema }),
          response: { 200: result },
        },
      },
      async ({ params: { id }, query }, reply) => {
        const format = parseFormat(query.format);
        const job = jobs.find(id);
        await job.ended;
        return sendResult(reply, job, format, clock);
      },
    );

    app.delete(
      '/transcriptions/:id',
      { schema: { summary: 'Cancel or forget a transcription', params, response: { 204: z.undefined() } } },
      async ({ params: { id } }, reply) => {
        jobs.remove(id);
        return reply.status(204).send();
      },
    );
  };
}

function readOptions(values: object): { language: string; model: string | undefined; format: TranscriptFormat } {
  const parsed = transcriptionOptionsSchema.safeParse(values);
  if (!parsed.success) {
    const problem = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
    throw new TritoneError('request.invalid', { problem });
  }
  const { language, model, format } = parsed.data;
  return { language, model, format: parseFormat(format) };
}

function wantsEvents(request: FastifyRequest): boolean {
  return request.headers.accept?.includes('text/event-stream') === true;
}

function sendEvents(reply: FastifyReply, job: TranscriptionJob, clock: Clock): FastifyReply {
  return reply
    .type('text/event-stream')
    .headers({ 'cache-control': 'no-cache', 'x-accel-buffering': 'no' })
    .send(Readable.from(serverSentEvents(job, clock)));
}

/** @throws TritoneError that the job failed with */
function sendResult(reply: FastifyReply, job: TranscriptionJob, format: TranscriptFormat, clock: Clock): FastifyReply {
  if (job.error !== undefined) throw job.error;
  const pieces = format === 'json' ? resultPieces(job) : writeTranscript({ lines: job.lines, gaps: [] }, format);
  return sendPieces(reply, contentTypeOf(format), pieces, clock);
}
