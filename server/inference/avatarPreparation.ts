import { z } from 'zod';
import { TritoneError } from '../../shared/errors.ts';
import { AVATAR_PREPARATION, chooseFaceModel } from './chooseFaceModel.ts';
import type { AvatarPreparation, AvatarPreparationRequest, PreparedAvatar } from './lipSync.types.ts';
import { callModel } from './modelCall.ts';
import { modelMetrics } from './modelMetrics.ts';
import type { ModelAccess } from './openSequence.ts';
import { bytesTensor, type Outputs, outputOf, readBytes, readFloats, readTexts, textTensor } from './tensors.ts';

/** From the first picture to the last frame of the clip; ten seconds of video on two busy cores take a minute. */
const DEADLINE_MS = 240_000;
const FRAME_SIZE = 512;
const MAX_AVATAR_BYTES = 3 * 1024 * 1024;
const TRANSFORM_VALUES = 6;

/** META of a preparation, as it stands on the wire. */
const wireMeta = z.object({
  size: z.int().min(64).max(1024).multipleOf(2),
  fps: z.number().positive().max(60),
  frames: z.int().positive().max(1500),
  mouth: z.object({ x: z.number(), y: z.number(), width: z.number().positive(), height: z.number().positive() }),
});

/** Faces made ready by whichever of Triton's models offers it, one request each. */
export class TritonAvatarPreparation implements AvatarPreparation {
  readonly #access: ModelAccess;

  constructor(access: ModelAccess) {
    this.#access = access;
  }

  async prepare(request: AvatarPreparationRequest): Promise<PreparedAvatar> {
    if (request.signal?.aborted) throw new TritoneError('inference.cancelled');
    const { catalogue, client, preferences } = this.#access;
    client(); // why there is no Triton explains more than that no model is ready
    const card = chooseFaceModel(catalogue.ready(AVATAR_PREPARATION), { capability: AVATAR_PREPARATION }, preferences);
    const responses = this.#call(card, request);
    try {
      const first = await responses.next();
      if (first.done === true) throw new RangeError('no answer');
      const prepared = readPrepared(first.value);
      return { ...prepared, clip: readClip(responses, prepared) };
    } catch (cause) {
      await responses.return();
      throw TritoneError.from(cause, 'inference.failed', { reason: 'the prepared face does not fit its contract' });
    }
  }

  async *#call(
    card: { name: string; maxSessions: number },
    request: AvatarPreparationRequest,
  ): AsyncGenerator<Outputs, void, void> {
    const { admission, client, clock, onChosen, signs, metrics } = this.#access;
    onChosen(card.name);
    const permit = admission.acquire(card);
    const { openStreams } = modelMetrics(metrics, card.name);
    openStreams.inc();
    const { fps, bundled = false, signal } = request;
    const pictures = bundled ? [Buffer.alloc(0)] : request.pictures;
    const inputs = [
      bytesTensor('PICTURES', pictures, [1, pictures.length]),
      textTensor('OPTIONS', [JSON.stringify({ fps, size: FRAME_SIZE, bundled })], [1, 1]),
    ];
    try {
      const call = { client: client(), model: card.name, inputs, clock, deadlineMs: DEADLINE_MS, signal };
      for await (const outputs of callModel({ ...call, asSequence: true })) {
        signs.saw(card.name);
        yield outputs;
      }
    } finally {
      openStreams.dec();
      permit.release();
    }
  }
}

function readPrepared(outputs: Outputs): Omit<PreparedAvatar, 'clip'> {
  const [meta = '{}'] = readTexts(outputOf(outputs, 'META'));
  const { size, fps, frames, mouth } = wireMeta.parse(JSON.parse(meta));
  const transforms = readFloats(outputOf(outputs, 'TRANSFORMS'));
  const [avatar] = readBytes(outputOf(outputs, 'AVATAR'));
  const [preview] = readBytes(outputOf(outputs, 'PREVIEW'));
  const fits = transforms.length === frames * TRANSFORM_VALUES && transforms.every(Number.isFinite);
  if (!fits || avatar === undefined || preview === undefined || avatar.length > MAX_AVATAR_BYTES) {
    throw new RangeError('TRANSFORMS, AVATAR or PREVIEW does not fit');
  }
  return { size, fps, frames, avatar: Buffer.from(avatar), transforms, mouth, preview: Buffer.from(preview) };
}

/** FRAMES UINT8[1,k,size*3/2,size], one frame after the other. @throws TritoneError where they are more or fewer than told */
async function* readClip(
  responses: AsyncGenerator<Outputs, void, void>,
  { size, frames }: Pick<PreparedAvatar, 'size' | 'frames'>,
): AsyncGenerator<Buffer, void, void> {
  const bytes = (size * size * 3) / 2;
  let read = 0;
  for await (const outputs of responses) {
    const { data } = outputOf(outputs, 'FRAMES');
    for (let offset = 0; offset + bytes <= data.length && read < frames; offset += bytes) {
      read += 1;
      yield data.subarray(offset, offset + bytes);
    }
  }
  if (read !== frames)
    throw new TritoneError('inference.failed', { reason: `the clip has ${read} of ${frames} frames` });
}
