import { CLIP_RATE } from '../../audio/clips.ts';
import type { Speaker } from '../../run/speakTimelines.ts';
import type { Shown } from '../../score/recording.ts';
import { SegmentBoard, segmentsSchema } from './segments.ts';

/** WhisperLive's own client sends 256 ms at a time; smaller chunks can only help it. */
const CHUNK_MS = 100;
const CHUNK_SAMPLES = (CLIP_RATE * CHUNK_MS) / 1000;

/** The options that WhisperLive's own client sends unless told otherwise. */
const defaults = {
  task: 'transcribe',
  use_vad: true,
  send_last_n_segments: 10,
  no_speech_thresh: 0.45,
  clip_audio: false,
  same_output_threshold: 10,
};

export interface WhisperLiveClientOptions {
  readonly url: string;
  readonly language: string;
  /** Tells clients apart in the server's log. */
  readonly uid: string;
  /** What is said in each round: mono, 16 kHz. Silence follows. */
  readonly pcm: Int16Array;
}

/** One speaker at WhisperLive: float32 sound out in real time, segments in. */
export class WhisperLiveClient implements Speaker {
  readonly shown: Shown[] = [];
  readonly #socket: WebSocket;
  readonly #pcm: Int16Array;
  #startedAtMs = Number.POSITIVE_INFINITY;
  #rounds = 0;
  #sentSamples = 0;

  /** Settles when the server is ready for sound. @throws Error where it does not take the client */
  static async open({ url, language, uid, pcm }: WhisperLiveClientOptions): Promise<WhisperLiveClient> {
    const socket = new WebSocket(url);
    socket.binaryType = 'arraybuffer';
    const answered = firstMessage(socket);
    socket.addEventListener('open', () => socket.send(JSON.stringify({ uid, language, model: 'custom', ...defaults })));
    const answer = await answered;
    if (!answer.includes('SERVER_READY')) throw new Error(`WhisperLive answers ${answer}`);
    return new WhisperLiveClient(socket, pcm);
  }

  private constructor(socket: WebSocket, pcm: Int16Array) {
    this.#socket = socket;
    this.#pcm = pcm;
  }

  start(atMs: number, rounds: number): void {
    this.#rounds = rounds;
    this.#startedAtMs = atMs;
    const board = new SegmentBoard(atMs);
    this.#socket.addEventListener('message', ({ data }: MessageEvent) => {
      const parsed = segmentsSchema.safeParse(JSON.parse(String(data)));
      const shown = parsed.success ? board.show(parsed.data.segments, performance.now()) : undefined;
      if (shown !== undefined) this.shown.push(shown);
    });
  }

  sendDue(nowMs: number): void {
    const spokenSamples = ((nowMs - this.#startedAtMs) * CLIP_RATE) / 1000;
    while (this.#sentSamples + CHUNK_SAMPLES <= spokenSamples) {
      const chunk = Float32Array.from({ length: CHUNK_SAMPLES }, (_, index) => this.#sample(this.#sentSamples + index));
      this.#socket.send(chunk);
      this.#sentSamples += CHUNK_SAMPLES;
    }
  }

  close(): void {
    this.#socket.close();
  }

  #sample(at: number): number {
    return at < this.#rounds * this.#pcm.length ? (this.#pcm[at % this.#pcm.length] ?? 0) / 32_768 : 0;
  }
}

function firstMessage(socket: WebSocket): Promise<string> {
  return new Promise((resolve, reject) => {
    socket.addEventListener('message', ({ data }: MessageEvent) => resolve(String(data)), { once: true });
    for (const end of ['error', 'close'] as const) {
      socket.addEventListener(end, () => reject(new Error('WhisperLive closed the connection')), { once: true });
    }
  });
}
