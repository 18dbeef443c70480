import { TritoneError } from '../../shared/errors.ts';
import { chooseFaceModel, LIP_SYNC } from './chooseFaceModel.ts';
import { readLipPatches } from './lipPatches.ts';
import type { LipPatch, LipStream, LipSync, LipSyncRequest } from './lipSync.types.ts';
import { ModelStream } from './modelStream.ts';
import { type ModelAccess, openSequence } from './openSequence.ts';
import { SpokenVisemes } from './spokenVisemes.ts';
import { audioTensor, bytesTensor, textTensor } from './tensors.ts';
import type { Viseme } from './visemes.ts';

/** Lips that are later than this are of no use: what a stalled model has missed is dropped, not caught up. */
const MAX_QUEUED_MS = 1000;
/** 2 s at 25 fps; a patch is a quarter of a megabyte. */
const MAX_UNREAD_PATCHES = 50;

/** Mouths by whichever of Triton's models fits, one sequence for each utterance. */
export class TritonLipSync implements LipSync {
  readonly #access: ModelAccess;

  constructor(access: ModelAccess) {
    this.#access = access;
  }

  async open(request: LipSyncRequest): Promise<LipStream> {
    if (request.signal?.aborted) throw new TritoneError('inference.cancelled');
    const { catalogue, client, clock, preferences, signs } = this.#access;
    client(); // why there is no Triton explains more than that no model is ready
    const wish = { capability: LIP_SYNC, model: request.model };
    const card = chooseFaceModel(catalogue.ready(LIP_SYNC), wish, preferences);
    const { sequence, metrics } = openSequence(this.#access, card, {
      emptyInputs: [audioTensor('AUDIO', Buffer.alloc(0))],
    });
    const visemes = new SpokenVisemes();
    const stream = new ModelStream<LipPatch>({
      model: card.name,
      sequence,
      startInputs: [
        bytesTensor('AVATAR', [request.avatar], [1, 1]),
        textTensor('OPTIONS', [JSON.stringify({ fps: request.fps, base: request.base ?? 0 })], [1, 1]),
      ],
      inputsBeside: (start, end, map) => {
        const spoken = visemes.take(start, end, map);
        return spoken.length === 0 ? [] : [textTensor('TIMING', [JSON.stringify({ visemes: spoken })], [1, 1])];
      },
      read: (outputs, map) => {
        signs.saw(card.name);
        return readLipPatches(outputs, map).map((event) => ({ type: 'patch', event }));
      },
      unread: { limit: MAX_UNREAD_PATCHES, whenFull: 'drop-oldest' },
      clock,
      metrics,
      maxQueuedMs: MAX_QUEUED_MS,
      signal: request.signal,
    });
    return new VisemeFedStream(stream, visemes);
  }
}

/** A stream of sound whose mouth shapes travel beside it. */
class VisemeFedStream implements LipStream {
  readonly model: string;
  readonly patches: AsyncIterable<LipPatch>;
  readonly #stream: ModelStream<LipPatch>;
  readonly #visemes: SpokenVisemes;

  constructor(stream: ModelStream<LipPatch>, visemes: SpokenVisemes) {
    this.model = stream.model;
    this.patches = stream.events;
    this.#stream = stream;
    this.#visemes = visemes;
  }

  push(pcm: Int16Array, visemes: readonly Viseme[]): number {
    this.#visemes.push(visemes);
    return this.#stream.push(pcm);
  }

  end(): Promise<void> {
    return this.#stream.end();
  }

  close(): Promise<void> {
    return this.#stream.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
