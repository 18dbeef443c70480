import { randomUUID } from 'node:crypto';
import { avatarLimits, type UtteranceInfo } from '../../../shared/avatars.ts';
import { TritoneError } from '../../../shared/errors.ts';
import type { SpeechSynthesis, TextToSpeech } from '../../inference/textToSpeech.types.ts';
import { type AudioFeed, FEED_RATE, type FedUtterance } from '../../media/feed/feed.types.ts';
import type { Clock } from '../../streams/clock.ts';
import type { Log } from '../../streams/log.ts';
import { sleep } from '../../streams/sleep.ts';
import type { Companion, CompanionLine } from './companion.types.ts';
import { type PlayedWord, PlayedWords, PlayoutOrigin } from './playedWords.ts';
import { checkSayable, plainText, textBetween } from './sayableText.ts';
import type { UtteranceCaptions } from './utteranceCaptions.ts';
import { UtteranceText } from './utteranceText.ts';
import type { VoiceMetrics } from './voiceMetrics.ts';
import { type VoiceSound, VoiceSoundConverter } from './voiceSound.ts';

/** A face that is not ready by then comes late; the voice does not. */
const COMPANION_WAIT_MS = 150;
/** Sound made meanwhile; more of it a companion could not hold. */
const MAX_HELD_SAMPLES = 0.8 * FEED_RATE;
/** How often what has left is looked at: until the first sound, and then. */
const LOOK_MS = { silent: 20, heard: 60 };

export interface UtteranceServices {
  readonly textToSpeech: TextToSpeech;
  readonly audio: AudioFeed;
  readonly companion?: Companion | undefined;
  readonly captions: (utteranceId: string) => UtteranceCaptions;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: VoiceMetrics;
}

export interface UtteranceOptions extends UtteranceServices {
  readonly language: string;
  readonly voice: string;
  readonly speed: number;
}

/** One text on its way to being heard: joins a voice with a feed, and tells what of it was heard and when. */
export class Utterance {
  readonly utteranceId = randomUUID();
  /** All of its sound is on its way, or none will come: the next may begin. Never rejects. */
  readonly written: Promise<void>;
  /** It was heard, cut or failed. Never rejects. */
  readonly ended: Promise<void>;
  readonly #options: UtteranceOptions;
  readonly #abort = new AbortController();
  readonly #text = new UtteranceText(avatarLimits.sayCharacters);
  readonly #words = new PlayedWords();
  readonly #origin = new PlayoutOrigin();
  readonly #captions: UtteranceCaptions;
  readonly #isWritten = Promise.withResolvers<void>();
  readonly #isEnded = Promise.withResolvers<void>();
  #state: UtteranceInfo['state'] = 'waiting';
  #error: TritoneError | undefined;
  #fed: FedUtterance | undefined;
  #line: CompanionLine | undefined;
  #textAtMs: number | undefined;
  /** Its text was there before its turn: how long it took says nothing of the voice. */
  #hasWaited = false;
  #firstSoundMs: number | undefined;
  #heardWords = 0;
  /** Its sound on the way into the feed, in order. Never rejects. */
  #writing = Promise.resolve();
  #wakes: (() => void)[] = [];

  constructor(options: UtteranceOptions) {
    this.#options = options;
    this.#captions = options.captions(this.utteranceId);
    this.written = this.#isWritten.promise;
    this.ended = this.#isEnded.promise;
  }

  get error(): TritoneError | undefined {
    return this.#error;
  }

  get info(): UtteranceInfo {
    const firstFrameMs = this.#sinceText(this.#line?.shownAtMs);
    return {
      utteranceId: this.utteranceId,
      state: this.#state,
      heardText: this.#heardText(),
      ...(this.#firstSoundMs !== undefined && { firstSoundMs: Math.round(this.#firstSoundMs) }),
      ...(firstFrameMs !== undefined && { firstFrameMs: Math.round(firstFrameMs) }),
      ...(this.#error !== undefined && { error: this.#error.toBody() }),
    };
  }

  /** @throws TritoneError `speech.text_too_long`; what came before is still said */
  write(text: string): void {
    this.#textAtMs ??= this.#options.clock.nowMs();
    this.#text.append(text);
  }

  end(): void {
    this.#text.end();
  }

  /** Nothing more of it is heard. Twice is once. */
  stop(): void {
    if (this.#isOver()) return;
    this.#abort.abort();
    this.#finish('cut', this.#fed?.cut().playedSamples ?? 0);
  }

  /** Resolves at the next word heard, or when it ends. */
  changed(): Promise<void> {
    if (this.#isOver()) return Promise.resolve();
    return new Promise((resolve) => this.#wakes.push(resolve));
  }

  /** Speaks; its turn has come. Never rejects. */
  async run(): Promise<void> {
    if (this.#state !== 'waiting') return;
    this.#state = 'speaking';
    this.#hasWaited = this.#textAtMs !== undefined;
    this.#wake();
    const failure = await this.#speak().then(
      () => undefined,
      (cause: unknown) => TritoneError.from(cause, 'internal'),
    );
    await this.#writing; // what was held for the companion
    this.#isWritten.resolve();
    const outcome = await this.#fed?.end();
    const cut = this.#abort.signal.aborted || outcome?.cut === true;
    if (failure !== undefined && !cut) this.#error = failure;
    this.#finish(cut ? 'cut' : failure === undefined ? 'said' : 'failed', outcome?.playedSamples ?? 0);
  }

  async #speak(): Promise<void> {
    const { textToSpeech, language, voice, speed, audio, companion } = this.#options;
    const { signal } = this.#abort;
    await using synthesis = await textToSpeech.open({ language, voice, speed, signal });
    const writing = this.#feed(synthesis);
    this.#line = companion?.begin(this.utteranceId);
    const converter = new VoiceSoundConverter();
    const play = this.#player();
    for await (const chunk of synthesis.chunks) {
      // What is there already is seconds of sound: read on, it would hold up everybody's for a tenth of one.
      signal.throwIfAborted();
      if (this.#fed === undefined) this.#fed = audio.begin(this.utteranceId);
      if (chunk.startSample === 0) this.#look();
      await play(converter.convert(chunk));
    }
    await writing;
    signal.throwIfAborted();
    checkSayable(this.#text.whole);
    await play(converter.end());
    this.#line?.end();
  }

  async #feed(synthesis: SpeechSynthesis): Promise<void> {
    for await (const fragment of this.#text.fragments()) await synthesis.write(fragment);
    void synthesis.end();
  }

  /** Hands sound to whoever shows and plays it; waits while enough of it is ahead. */
  #player(): (sound: VoiceSound) => Promise<void> {
    const { clock } = this.#options;
    const ready = this.#line && Promise.race([this.#line.ready, sleep(clock, COMPANION_WAIT_MS, this.#abort.signal)]);
    let begun = ready === undefined;
    let held = 0;
    this.#writing = Promise.resolve(ready).then(() => {
      begun = true;
    });
    return async ({ pcm, lipPcm, words, visemes }) => {
      this.#words.add(words);
      this.#line?.push(lipPcm, visemes);
      this.#writing = this.#writing.then(() => this.#fed?.write(pcm));
      held += pcm.length;
      if (begun || held > MAX_HELD_SAMPLES) await this.#writing;
    };
  }

  /** Looks again and again at how much has left. */
  #look(): void {
    if (this.#isOver() || this.#fed === undefined) return;
    const { clock, metrics } = this.#options;
    const { playedSamples } = this.#fed;
    if (playedSamples > 0) {
      const originMs = this.#origin.see(clock.nowMs(), playedSamples);
      if (this.#firstSoundMs === undefined) {
        this.#firstSoundMs = this.#sinceText(originMs);
        if (this.#firstSoundMs !== undefined && !this.#hasWaited) metrics.firstSoundMs.observe(this.#firstSoundMs);
      }
      this.#hear(this.#words.begun(playedSamples));
      this.#captions.show(this.#text.whole, this.#words.all, this.#heardWords, clock.nowMs() - originMs);
    }
    clock.after(playedSamples > 0 ? LOOK_MS.heard : LOOK_MS.silent, () => this.#look());
  }

  #hear(words: number): void {
    if (words === this.#heardWords) return;
    this.#heardWords = words;
    this.#wake();
  }

  #finish(state: 'said' | 'cut' | 'failed', playedSamples: number): void {
    if (this.#isOver()) return;
    const { metrics, log, clock } = this.#options;
    this.#state = state;
    this.#text.end();
    if (state === 'said' && this.#words.all.length === 0) this.#words.add([this.#wholeText(playedSamples)]);
    this.#heardWords = state === 'said' ? this.#words.all.length : this.#words.heard(playedSamples);
    const agoMs = clock.nowMs() - this.#origin.see(clock.nowMs(), playedSamples);
    this.#captions.finish(this.#text.whole, this.#words.all, this.#heardWords, agoMs);
    const firstFrameMs = this.#sinceText(this.#line?.shownAtMs);
    if (firstFrameMs !== undefined && !this.#hasWaited) metrics.firstFrameMs.observe(firstFrameMs);
    metrics.ended[state].inc();
    const { utteranceId } = this;
    if (this.#error !== undefined)
      log.warn({ utteranceId, code: this.#error.code, err: this.#error }, 'utterance failed');
    this.#line?.close();
    this.#isWritten.resolve();
    this.#isEnded.resolve();
    this.#wake();
  }

  /** For a voice that tells no words. */
  #wholeText(playedSamples: number): PlayedWord {
    return { startChar: 0, endChar: this.#text.whole.length, startSample: 0, endSample: playedSamples };
  }

  #heardText(): string {
    const text = this.#text.whole;
    if (this.#state === 'said') return plainText(text);
    const last = this.#words.all[this.#heardWords - 1];
    return last === undefined ? '' : textBetween(text, 0, last.endChar);
  }

  #sinceText(atMs: number | undefined): number | undefined {
    return atMs === undefined || this.#textAtMs === undefined ? undefined : atMs - this.#textAtMs;
  }

  #isOver(): boolean {
    return this.#state === 'said' || this.#state === 'cut' || this.#state === 'failed';
  }

  #wake(): void {
    const wakes = this.#wakes;
    this.#wakes = [];
    for (const wake of wakes) wake();
  }
}
