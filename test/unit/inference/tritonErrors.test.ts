import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { fromGrpc, fromModelMessage, sanitiseReason } from '../../../server/inference/tritonErrors.ts';

const traceback = `TypeError: it broke\n\nAt:\n  /srv/models/echo/1/model.py(12): execute\n`;

function serviceError(code: status, details: string): ServiceError {
  return Object.assign(new Error(details), { code, details, metadata: new Metadata() });
}

describe('what a model or a stream says', () => {
  it.each([
    ['BAD_OPTIONS: language "xx" is unknown', 'inference.bad_input'],
    ['BAD_AUDIO: AUDIO is missing', 'inference.bad_input'],
    ['SEQUENCE_LOST: this sequence is not open here', 'inference.sequence_lost'],
    ['MODEL_FAILED: RuntimeError', 'inference.failed'],
    ['Internal: SEQUENCE_LOST: behind a prefix', 'inference.sequence_lost'],
    [
      "inference request for sequence 7 to model 'echo' must specify the START flag on the first request of the sequence",
      'inference.sequence_lost',
    ],
    [
      "Failed to process the request(s) for model 'echo_0_0', message: Stub process 'echo_0_0' is not healthy.",
      'inference.unavailable',
    ],
    ["Request for unknown model: 'nobody' is not found", 'inference.unavailable'],
    ["[request id: 1] unexpected shape for input 'AUDIO' for model 'echo'", 'inference.bad_input'],
    ["inference input 'AUDIO' data-type is 'FP32', but model 'echo' expects 'INT16'", 'inference.bad_input'],
    [traceback, 'inference.failed'],
    ['SOMETHING_ELSE: that nobody agreed on', 'inference.failed'],
  ])('%s is %s', (message, code) => {
    expect(fromModelMessage('echo', message).code).toBe(code);
  });

  it('is passed on as a sentence, and in full only as the cause', () => {
    const error = fromModelMessage('echo', `Failed: ${traceback}`);
    expect(error.message).toBe('The model failed: Failed: TypeError: it broke');
    expect(error.cause).toMatchObject({ message: expect.stringContaining('/srv/models') });
    expect(JSON.stringify(error.toBody())).not.toContain('srv');
  });
});

describe("a row of our table in a model's words", () => {
  it.each([
    ['MODEL_FAILED: [avatar.no_face]', 'No face was found in the picture'],
    ['[avatar.several_faces] 2', '2 faces were found in the picture: there must be one'],
    ['[avatar.face_too_small] 40 96', 'The face is 40 pixels wide: at least 96 are needed'],
    [
      'BAD_INPUT: [voice.unreadable_text] a it is Thai, not Hindi',
      'Voice hi/a cannot read this text: it is Thai, not Hindi',
    ],
    ['[avatar.face_too_small] 40', 'The face is 40 pixels wide: at least ? are needed'],
  ])('%s', (message, sentence) => {
    const error = fromModelMessage('m', message, 'inference.failed', { voice: 'hi/a' });
    expect(error.message).toBe(sentence);
    expect(message).toContain(`[${error.code}]`);
  });

  it.each(['[access.denied] you', '[voice.unheard_of] what', '[internal]'])(
    '%s is none that a model may say',
    (message) => {
      expect(fromModelMessage('m', message).code).toBe('inference.failed');
    },
  );
});

describe('sanitiseReason', () => {
  it('keeps the name of a file but not where it lies', () => {
    expect(sanitiseReason('cannot read /root/.cache/tritone/models/tiny/model.bin today')).toBe(
      'cannot read model.bin today',
    );
  });

  it('is one line of at most 200 characters', () => {
    expect(sanitiseReason('a\n  b')).toBe('a b');
    expect(sanitiseReason('x'.repeat(500))).toHaveLength(200);
  });

  it('is not slow on a hostile text', () => {
    const startedAt = performance.now();
    sanitiseReason('/a'.repeat(50_000) + '\n'.repeat(50_000));
    expect(performance.now() - startedAt).toBeLessThan(500);
  });
});

describe('what gRPC says', () => {
  it.each([
    [status.UNAVAILABLE, 'inference.unavailable', true],
    [status.DEADLINE_EXCEEDED, 'inference.timeout', true],
    [status.CANCELLED, 'inference.cancelled', false],
    [status.INVALID_ARGUMENT, 'inference.bad_input', false],
    [status.RESOURCE_EXHAUSTED, 'inference.bad_input', false],
    [status.INTERNAL, 'inference.failed', false],
  ] as const)('status %i is %s', (code, expected, retryable) => {
    const error = fromGrpc(serviceError(code, 'connect ECONNREFUSED 10.1.2.3:8001'), { model: 'echo', deadlineMs: 5 });
    expect(error).toMatchObject({ code: expected, retryable });
    if (expected === 'inference.unavailable') expect(error.message).not.toContain('10.1.2.3');
  });
});
