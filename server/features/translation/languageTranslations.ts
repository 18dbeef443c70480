import type { Caption } from '../../../shared/captions.ts';
import { primaryTag } from '../../../shared/captions.ts';
import { TritoneError } from '../../../shared/errors.ts';
import type { CaptionTranslation } from '../../../shared/translations.ts';
import type { RoomHandle } from '../../rooms/roomHandle.ts';
import { onAbort } from '../../streams/onAbort.ts';
import type { TranslationOptions } from './translationFeature.ts';
import { type TranslationMetrics, translationMetrics } from './translationMetrics.ts';

/** What is being said is translated this often at most, and only as far as it stands. */
const PARTIAL_EVERY_MS = 700;
/** Finals that may wait for the model; a call in which more do is too fast for it, and the oldest are marked. */
const MAX_WAITING = 50;
/** A model batches what comes together; more at once would only wait there. */
const MAX_AT_ONCE = 4;
const MAX_RETRIES = 3;
const RETRY_MS = 1000;

interface Wanted {
  readonly caption: Caption;
  readonly text: string;
  readonly context: readonly string[];
  readonly askedAtMs: number;
  /** How often it has failed. */
  readonly failures: number;
}

/** Captions of one call in one language: finals in order and each once, what is being said in between. */
export class LanguageTranslations {
  readonly #room: RoomHandle;
  readonly #language: string;
  readonly #options: TranslationOptions;
  readonly #metrics: TranslationMetrics;
  readonly #abort = new AbortController();
  /** Finals; bounded, drop-oldest and marked. */
  readonly #waiting: Wanted[] = [];
  /** The stable part of what each speaker is saying; latest by caption. */
  readonly #partials = new Map<string, Wanted>();
  /** Captions whose final has been asked for, by id: the revision. */
  readonly #settled = new Map<string, number>();
  #atOnce = 0;
  #partialAtMs = Number.NEGATIVE_INFINITY;
  #forgetPartials: (() => void) | undefined;

  constructor(room: RoomHandle, language: string, options: TranslationOptions) {
    this.#room = room;
    this.#language = language;
    this.#options = options;
    this.#metrics = translationMetrics(options.metrics, language);
  }

  accept(caption: Caption, context: readonly string[]): void {
    if (this.#abort.signal.aborted || primaryTag(caption.language) === this.#language) return;
    const askedAtMs = this.#options.clock.nowMs();
    if (caption.final) {
      this.#partials.delete(caption.id);
      if ((this.#settled.get(caption.id) ?? -1) >= caption.revision || caption.text === '') return;
      this.#settle(caption);
      this.#enqueue({ caption, text: caption.text, context, askedAtMs, failures: 0 });
      return;
    }
    if (this.#settled.has(caption.id)) return;
    const text = stablePart(caption);
    if (text === '' || this.#partials.get(caption.id)?.text === text) return;
    this.#partials.set(caption.id, { caption, text, context, askedAtMs, failures: 0 });
    this.#pump();
  }

  close(): void {
    this.#abort.abort();
    this.#forgetPartials?.();
    this.#waiting.length = 0;
    this.#partials.clear();
  }

  #settle({ id, revision }: Caption): void {
    this.#settled.delete(id);
    this.#settled.set(id, revision);
    if (this.#settled.size > 1000) this.#settled.delete(this.#settled.keys().next().value ?? '');
  }

  #enqueue(wanted: Wanted): void {
    this.#waiting.push(wanted);
    const dropped = this.#waiting.length > MAX_WAITING ? this.#waiting.shift() : undefined;
    if (dropped !== undefined) this.#fail(dropped, new TritoneError('inference.busy', { model: 'the translator' }));
    this.#pump();
  }

  /** Finals before what is provisional, which is translated only when nothing else is asked for. */
  #pump(): void {
    while (this.#atOnce < MAX_AT_ONCE) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      void this.#translate(next);
    }
    if (this.#atOnce === 0 && this.#partials.size > 0) this.#pumpPartial();
  }

  #pumpPartial(): void {
    const { clock } = this.#options;
    const dueInMs = this.#partialAtMs + PARTIAL_EVERY_MS - clock.nowMs();
    if (dueInMs > 0) {
      this.#forgetPartials ??= clock.after(dueInMs, () => {
        this.#forgetPartials = undefined;
        this.#pump();
      });
      return;
    }
    const [oldest] = this.#partials.values();
    if (oldest === undefined) return;
    this.#partials.delete(oldest.caption.id);
    this.#partialAtMs = clock.nowMs();
    void this.#translate(oldest);
  }

  async #translate(wanted: Wanted): Promise<void> {
    const { caption, text, context, askedAtMs } = wanted;
    const { clock, translator } = this.#options;
    const { signal } = this.#abort;
    this.#atOnce += 1;
    try {
      const request = { text, source: caption.language, target: this.#language, context, signal };
      const { text: translated, via } = await translator.translate(request);
      this.#show(wanted, { text: translated, ...(via !== undefined && { via }) });
      if (caption.final) this.#metrics.finalMs.observe(clock.nowMs() - askedAtMs);
    } catch (cause) {
      const failure = TritoneError.from(cause, 'inference.failed', { reason: 'the translation failed' });
      if (!this.#triesAgain(wanted, failure)) this.#fail(wanted, failure);
    } finally {
      this.#atOnce -= 1;
      this.#pump();
    }
  }

  /** A model that is busy or restarts is asked again; the original is read meanwhile. */
  #triesAgain(wanted: Wanted, { retryable }: TritoneError): boolean {
    const { caption, failures } = wanted;
    if (!caption.final || !retryable || failures >= MAX_RETRIES || this.#abort.signal.aborted) return false;
    const forget = this.#options.clock.after(RETRY_MS * 2 ** failures, () => {
      forgetOwner();
      if (this.#settled.get(caption.id) === caption.revision) this.#enqueue({ ...wanted, failures: failures + 1 });
    });
    const forgetOwner = onAbort(this.#abort.signal, forget);
    return true;
  }

  /** A provisional text that failed is no loss: another follows. */
  #fail(wanted: Wanted, { code }: TritoneError): void {
    this.#metrics.failed.inc();
    if (wanted.caption.final) this.#show(wanted, { text: '', failed: code });
  }

  #show({ caption }: Wanted, result: Pick<CaptionTranslation, 'text' | 'via' | 'failed'>): void {
    if (this.#abort.signal.aborted) return;
    // What is provisional must not come after what is final.
    if (!caption.final && this.#settled.has(caption.id)) return;
    if (caption.final && this.#settled.get(caption.id) !== caption.revision) return;
    const { id: captionId, revision: captionRevision, final } = caption;
    this.#room.log.append({
      type: 'translation',
      translation: { captionId, captionRevision, language: this.#language, final, ...result },
    });
  }
}

/** What three decodes agreed on. */
function stablePart({ text, stableChars }: Caption): string {
  const stable = [...new Intl.Segmenter().segment(text)].slice(0, stableChars);
  return stable
    .map(({ segment }) => segment)
    .join('')
    .trim();
}
