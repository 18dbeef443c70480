import { type ServiceError, status } from '@grpc/grpc-js';
import { type ErrorCode, type ErrorFields, errorTable, TritoneError } from '../../shared/errors.ts';

const REASON_LIMIT = 200;
/** Of a longer message only the beginning is looked at: it comes from outside. */
const MESSAGE_LIMIT = 4000;

/** What our models put in front of a failure's text; python/tritone_models raises these. */
const modelCodes: Readonly<Record<string, ErrorCode>> = {
  BAD_OPTIONS: 'inference.bad_input',
  BAD_AUDIO: 'inference.bad_input',
  BAD_INPUT: 'inference.bad_input',
  SEQUENCE_LOST: 'inference.sequence_lost',
  MODEL_FAILED: 'inference.failed',
};

/** `[voice.unreadable_text] problem`: a row of our table, then its fields in the order of the row's sentence. */
const ROW = /\[((?:voice|speech|avatar)\.[a-z_]+)\] ?([\s\S]*)/;

/** Triton's own sentences. A stream's failures come as text without a status, so this is the one place that reads them. */
const tritonSentences: readonly (readonly [RegExp, ErrorCode])[] = [
  [/must specify the START flag/i, 'inference.sequence_lost'],
  [/stub process .* is not healthy/i, 'inference.unavailable'],
  [/unknown model|is not ready|is not found|unloading|shutting down/i, 'inference.unavailable'],
  [/exceeds maximum queue size|timeout expired/i, 'inference.busy'],
  [
    /data-type is|unexpected (shape|inference input|datatype|total byte size|number of)|expected .* inputs? but got|invalid/i,
    'inference.bad_input',
  ],
];

/** A failure that a stream or a model told in words. The answer holds nothing of the machine; the words are its cause. */
export function fromModelMessage(
  model: string,
  message: string,
  otherwise: ErrorCode = 'inference.failed',
  knownFields: ErrorFields = {},
): TritoneError {
  const cause = new Error(message);
  const begin = message.slice(0, MESSAGE_LIMIT);
  const [, row = '', told = ''] = ROW.exec(begin) ?? [];
  if (isErrorCode(row)) return new TritoneError(row, readFields(row, sanitiseReason(told), knownFields), { cause });
  const coded = /(?:^|[\s:])([A-Z]+_[A-Z]+): ?([\s\S]*)/.exec(begin);
  const code = coded?.[1] === undefined ? undefined : modelCodes[coded[1]];
  if (code !== undefined) return new TritoneError(code, { model, reason: sanitiseReason(coded?.[2] ?? '') }, { cause });
  const known = tritonSentences.find(([sentence]) => sentence.test(begin));
  return new TritoneError(known?.[1] ?? otherwise, { model, reason: sanitiseReason(message) }, { cause });
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorTable, code);
}

/** A word for each field, and to the last of them all that is left; what is known here is not believed to a model. */
function readFields(code: ErrorCode, told: string, known: ErrorFields): ErrorFields {
  const names = [...errorTable[code].message.matchAll(/\{(\w+)\}/g)].flatMap(([, name]) => name ?? []);
  const words = told.split(' ').filter((word) => word !== '');
  const read = names.map((name, index) => {
    const isLast = index === names.length - 1;
    return [name, (isLast ? words.slice(index) : words.slice(index, index + 1)).join(' ') || '?'];
  });
  return { ...Object.fromEntries(read), ...known };
}

/** A failure of gRPC itself. */
export function fromGrpc(error: ServiceError, context: { model?: string; deadlineMs?: number } = {}): TritoneError {
  const { model = 'Triton', deadlineMs = 0 } = context;
  const options = { cause: error };
  switch (error.code) {
    case status.CANCELLED:
      return new TritoneError('inference.cancelled', {}, options);
    case status.DEADLINE_EXCEEDED:
      return new TritoneError('inference.timeout', { model, deadlineMs }, options);
    case status.UNAVAILABLE:
      return new TritoneError('inference.unavailable', { reason: 'nothing answers at its address' }, options);
    case status.RESOURCE_EXHAUSTED:
      return new TritoneError('inference.bad_input', { reason: 'a message is larger than gRPC takes' }, options);
    case status.INVALID_ARGUMENT:
      return fromModelMessage(model, error.details, 'inference.bad_input');
    case status.NOT_FOUND:
      return fromModelMessage(model, error.details, 'inference.unavailable');
    default:
      return fromModelMessage(model, error.details);
  }
}

export function isServiceError(cause: unknown): cause is ServiceError {
  return cause instanceof Error && 'code' in cause && 'details' in cause;
}

/** One sentence for people: no traceback, no folder of the machine, at most 200 characters. */
export function sanitiseReason(text: string): string {
  const withoutTraceback = text.slice(0, MESSAGE_LIMIT).split(/\n\s*\nAt:|\nTraceback/)[0] ?? '';
  const sentence = withoutTraceback
    .replace(/(?:\/[\w.+@~-]+){2,}\/?/g, (path) => path.split('/').findLast((part) => part !== '') ?? '')
    .replace(/\s+/g, ' ')
    .replace(/^(?:Internal|Invalid argument|Unavailable|Not found): /i, '')
    .trim();
  return sentence.length > REASON_LIMIT ? `${sentence.slice(0, REASON_LIMIT - 1)}…` : sentence;
}
