import { avatarLimits } from '../../../shared/avatars.ts';
import { TritoneError } from '../../../shared/errors.ts';
import { Utterance, type UtteranceServices } from './utterance.ts';

/** Of what has ended so many can still be asked for; the oldest are forgotten first. */
const MAX_ENDED = 100;

export interface SpeakerOptions extends UtteranceServices {
  /** Of who speaks, for people. */
  readonly name: string;
  readonly language: string;
  readonly voice: string;
}

/** One voice in one call: what it says, one text after the other without a gap. Policy when full: refuse. */
export class Speaker {
  readonly #options: SpeakerOptions;
  readonly #waiting: Utterance[] = [];
  /** At most two: one that is heard out, and the one behind it. */
  readonly #speaking = new Set<Utterance>();
  readonly #ended = new Map<string, Utterance>();
  #running = false;
  #closed = false;

  constructor(options: SpeakerOptions) {
    this.#options = options;
  }

  get state(): 'idle' | 'speaking' {
    return this.#speaking.size > 0 ? 'speaking' : 'idle';
  }

  /** Texts behind the one that is being said. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** An utterance to write to; it is spoken as it is written, when its turn comes. @throws TritoneError `speech.queue_full`, `room.closed` */
  say({ speed = 1 }: { readonly speed?: number } = {}): Utterance {
    const limit = avatarLimits.waitingUtterances;
    if (this.#closed) throw new TritoneError('room.closed');
    if (this.#waiting.length >= limit) throw new TritoneError('speech.queue_full', { name: this.#options.name, limit });
    const utterance = new Utterance({ ...this.#options, speed });
    this.#waiting.push(utterance);
    void utterance.ended.then(() => this.#retire(utterance));
    void this.#run();
    return utterance;
  }

  /** @throws TritoneError `speech.not_found` */
  find(utteranceId: string): Utterance {
    const known = [...this.#waiting, ...this.#speaking].find((utterance) => utterance.utteranceId === utteranceId);
    const utterance = known ?? this.#ended.get(utteranceId);
    if (utterance === undefined) throw new TritoneError('speech.not_found', { utteranceId });
    return utterance;
  }

  /** What is being said ends at once, and what waits is dropped. Answers all of them; none where it was silent. */
  stop(): readonly Utterance[] {
    const stopped = [...this.#speaking, ...this.#waiting.splice(0)];
    for (const utterance of stopped) utterance.stop();
    return stopped;
  }

  /** Nothing more is said. Never rejects; twice is once. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.stop().map((utterance) => utterance.ended));
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      this.#speaking.add(next);
      void next.run();
      await next.written;
    }
    this.#running = false;
  }

  #retire(utterance: Utterance): void {
    this.#speaking.delete(utterance);
    const at = this.#waiting.indexOf(utterance);
    if (at >= 0) this.#waiting.splice(at, 1);
    this.#ended.set(utterance.utteranceId, utterance);
    const [oldest] = this.#ended.keys();
    if (this.#ended.size > MAX_ENDED && oldest !== undefined) this.#ended.delete(oldest);
  }
}
