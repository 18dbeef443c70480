import { FRAME_SAMPLES } from '../codecs/liveOpusEncoder.ts';
import type { AudioFeed, FedUtterance, PlayoutPosition } from './feed.types.ts';
import { Utterance } from './utterance.ts';

/** Sound that breaks off or sets in within an utterance does so within 5 ms: no click is heard. */
const EDGE_SAMPLES = 240;
/** What may be written to: the utterance that plays, and the next, so that it can follow at once. */
const ADMITTED = 2;

/** Between `closing` and `shut` lies one frame, faded out; between `opening` and `open` one that is faded in. */
type Gate = 'open' | 'closing' | 'shut' | 'opening';

/** The utterances of one voice, in order, as frames of 20 ms. Knows no time and no packets: who takes the frames paces them. */
export class VoiceFeed implements AudioFeed {
  readonly #trackId: () => string;
  readonly #line: Utterance[] = [];
  readonly #stats = { underruns: 0 };
  /** The last 20 ms of what was cut in the middle of a sound. */
  #fading: Int16Array | undefined;
  #gate: Gate = 'open';
  #held = false;
  /** The last frame ended with sound of the first in line. */
  #sounding = false;
  #closed = false;

  constructor(trackId: () => string) {
    this.#trackId = trackId;
  }

  get trackId(): string {
    return this.#trackId();
  }

  get position(): PlayoutPosition | undefined {
    const first = this.#line[0];
    return first === undefined || first.playedSamples === 0 ? undefined : first.position;
  }

  get stats(): AudioFeed['stats'] {
    return this.#stats;
  }

  begin(utteranceId: string): FedUtterance {
    const utterance = new Utterance(utteranceId, { cut: (one) => this.#cut(one) });
    if (this.#closed) {
      utterance.finish(true);
      return utterance;
    }
    this.#line.push(utterance);
    this.#admit();
    return utterance;
  }

  pause(): void {
    if (this.#gate === 'open') this.#gate = 'closing';
    if (this.#gate === 'opening') this.#gate = 'shut';
  }

  resume(): void {
    if (this.#gate === 'closing') this.#gate = 'open';
    if (this.#gate === 'shut') this.#gate = 'opening';
  }

  /** Nobody can hear: frames are silent and the position stays, until it is released. */
  hold(held: boolean): void {
    this.#held = held;
    if (!held) return;
    this.#fading = undefined;
    if (this.#gate === 'open') this.#gate = 'opening';
    if (this.#gate === 'closing') this.#gate = 'shut';
  }

  /**
   * Fills `frame`, INT16[960], with the next 20 ms. Returns the position of its first sample; undefined where the frame
   * is silent, or only the end of what was cut or paused.
   */
  take(frame: Int16Array): PlayoutPosition | undefined {
    frame.fill(0);
    if (this.#held) return undefined;
    if (this.#fading !== undefined) {
      frame.set(this.#fading);
      this.#fading = undefined;
      return undefined;
    }
    if (this.#gate === 'closing') {
      this.#gate = 'shut';
      this.#fadeOut(frame);
      return undefined;
    }
    if (this.#gate === 'shut') return undefined;
    const played = this.#play(frame);
    this.#gate = 'open';
    return played;
  }

  /** Cuts everything: who waits goes on. Twice is once. */
  close(): void {
    this.#closed = true;
    for (const utterance of this.#line.splice(0)) utterance.finish(true);
  }

  #play(frame: Int16Array): PlayoutPosition | undefined {
    for (let first = this.#line[0]; first !== undefined; first = this.#line[0]) {
      if (first.available === 0 && first.lastHeld) {
        this.#leave(first, false);
        continue;
      }
      return this.#playFirst(first, frame);
    }
    return undefined;
  }

  #playFirst(first: Utterance, frame: Int16Array): PlayoutPosition | undefined {
    const goesOn = first.lastHeld || first.available >= FRAME_SAMPLES + EDGE_SAMPLES;
    // A sound that has to wait sets in again only when more than one frame of it is there.
    if (!goesOn && !this.#sounding) return undefined;
    const { position } = first;
    const count = first.take(frame);
    if (this.#gate === 'opening') ramp(frame, 0, FRAME_SAMPLES, 'in');
    else if (!this.#sounding && position.playedSamples > 0) ramp(frame, 0, Math.min(EDGE_SAMPLES, count), 'in');
    this.#sounding = goesOn;
    if (!goesOn) {
      this.#stats.underruns += 1;
      ramp(frame, Math.max(0, count - EDGE_SAMPLES), count, 'out');
    }
    if (first.available === 0 && first.lastHeld) this.#leave(first, false);
    return count === 0 ? undefined : position;
  }

  #cut(utterance: Utterance): void {
    if (utterance === this.#line[0] && this.#sounding && (this.#gate === 'open' || this.#gate === 'closing')) {
      this.#fading = new Int16Array(FRAME_SAMPLES);
      this.#fadeOut(this.#fading);
    }
    this.#leave(utterance, true);
  }

  /** The next 20 ms fall silent; they stay to be played. */
  #fadeOut(frame: Int16Array): void {
    const count = this.#sounding ? (this.#line[0]?.peek(frame) ?? 0) : 0;
    ramp(frame, 0, count, 'out');
  }

  #leave(utterance: Utterance, cut: boolean): void {
    const at = this.#line.indexOf(utterance);
    if (at === 0) this.#sounding = false;
    this.#line.splice(at, 1);
    utterance.finish(cut);
    this.#admit();
  }

  #admit(): void {
    for (const utterance of this.#line.slice(0, ADMITTED)) utterance.admit();
  }
}

/** Fades `frame[from, to)` linearly. */
function ramp(frame: Int16Array, from: number, to: number, direction: 'in' | 'out'): void {
  for (let at = from; at < to; at += 1) {
    const share = (at - from + 0.5) / (to - from);
    frame[at] = Math.round((frame[at] ?? 0) * (direction === 'in' ? share : 1 - share));
  }
}
