import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { TranslationFeature } from '../../../server/features/translation/translationFeature.ts';
import type { TranslationRequest, Translator } from '../../../server/inference/translation.types.ts';
import { RoomClock } from '../../../server/rooms/roomClock.ts';
import type { RoomEvents, RoomHandle } from '../../../server/rooms/roomHandle.ts';
import { RoomLog } from '../../../server/rooms/roomLog.ts';
import { silentLog } from '../../../server/streams/log.ts';
import { noMetrics } from '../../../server/streams/metrics.ts';
import { TritoneError } from '../../../shared/errors.ts';
import { VirtualClock } from '../../fixtures/virtualClock.ts';

/** A translator whose answers come when the test says. */
class HeldTranslator implements Translator {
  readonly asked: TranslationRequest[] = [];
  readonly #answers: ((failure?: TritoneError) => void)[] = [];
  held = false;

  pairs() {
    return [];
  }

  async translate(request: TranslationRequest) {
    this.asked.push(request);
    if (this.held) {
      const failure = await new Promise<TritoneError | undefined>((resolve) => this.#answers.push(resolve));
      if (failure !== undefined) throw failure;
    }
    return { text: `${request.target}(${request.text})`, models: ['m'], via: undefined };
  }

  /** Lets the oldest question be answered. */
  answer(failure?: TritoneError): void {
    this.#answers.shift()?.(failure);
  }
}

function stage(languages: string[]) {
  const virtual = new VirtualClock();
  const clock = new RoomClock(virtual);
  const log = new RoomLog(clock);
  const events = new EventEmitter<RoomEvents>();
  const translator = new HeldTranslator();
  const room = { log, events, clock, captionLanguages: () => languages } as unknown as RoomHandle;
  const feature = new TranslationFeature({ translator, clock: virtual, log: silentLog, metrics: noMetrics });
  const attached = feature.attach(room);
  let revision = 0;
  const say = (id: string, text: string, { final = true, stable = text.length, language = 'en' } = {}) => {
    const said = { id, participantId: 'p', source: 'microphone', startMs: 0, endMs: 1, language, text } as const;
    revision += 1;
    log.append({ type: 'caption', caption: { ...said, revision, stableChars: stable, final } });
  };
  const shown = () => log.read().flatMap(({ event }) => (event.type === 'translation' ? [event.translation] : []));
  const read = (...wanted: string[]) => {
    languages.splice(0, languages.length, ...wanted);
    events.emit('captionLanguages');
  };
  return { virtual, translator, attached, say, shown, read, log };
}

describe('translations of a call', () => {
  it('are asked once for each final and language, however many read it', async () => {
    const { virtual, translator, say, shown } = stage(['hi', 'es']);
    say('a', 'Hello');
    await virtual.advance(0);
    expect(translator.asked.map(({ target }) => target)).toEqual(['hi', 'es']);
    expect(shown().map(({ text, captionId, final }) => ({ text, captionId, final }))).toEqual([
      { text: 'hi(Hello)', captionId: 'a', final: true },
      { text: 'es(Hello)', captionId: 'a', final: true },
    ]);
  });

  it('are not asked for in the language that is spoken', async () => {
    const { virtual, translator, say } = stage(['en', 'hi']);
    say('a', 'नमस्ते', { language: 'hi' });
    await virtual.advance(0);
    expect(translator.asked.map(({ target }) => target)).toEqual(['en']);
  });

  it('come with what was said before, in the same language', async () => {
    const { virtual, translator, say } = stage(['es']);
    for (const text of ['One.', 'Two.', 'Three.', 'Four.', 'Five.']) say(text, text);
    await virtual.advance(0);
    expect(translator.asked.at(-1)?.context).toEqual(['Two.', 'Three.', 'Four.']);
  });

  it('of what is being said cover the stable part alone, and every 700 ms at most', async () => {
    const { virtual, translator, say } = stage(['es']);
    for (let step = 1; step <= 20; step += 1) {
      say('a', 'one two three four five'.slice(0, step), { final: false, stable: step - 2 });
      await virtual.advance(100);
    }
    expect(translator.asked.length).toBeGreaterThanOrEqual(2);
    expect(translator.asked.length).toBeLessThanOrEqual(3);
    expect(translator.asked.at(-1)?.text).toBe('one two three');
  });

  it('of a final take the place of what was provisional, even where that comes later', async () => {
    const { virtual, translator, say, shown } = stage(['es']);
    translator.held = true;
    say('a', 'Good mor', { final: false });
    await virtual.advance(0);
    say('a', 'Good morning');
    await virtual.advance(0);
    expect(translator.asked.map(({ text }) => text)).toEqual(['Good mor', 'Good morning']);
    translator.answer();
    translator.answer();
    await virtual.advance(0);
    expect(shown().map(({ text }) => text)).toEqual(['es(Good morning)']);
  });

  it('of a final that is corrected are made anew', async () => {
    const { virtual, say, shown } = stage(['es']);
    say('a', 'I sea');
    say('a', 'I see');
    await virtual.advance(0);
    expect(shown().map(({ text }) => text)).toEqual(['es(I see)']);
  });

  it('that fail leave the original and say why', async () => {
    const { virtual, translator, say, shown } = stage(['es']);
    translator.held = true;
    say('a', 'Hello');
    await virtual.advance(0);
    translator.answer(new TritoneError('inference.failed', { reason: 'test' }));
    await virtual.advance(0);
    expect(shown()).toMatchObject([{ captionId: 'a', text: '', failed: 'inference.failed', final: true }]);
  });

  it('are asked for again, three times, while the model is busy or restarts', async () => {
    const { virtual, translator, say, shown } = stage(['es']);
    translator.held = true;
    const busy = new TritoneError('inference.busy', { model: 'm' });
    say('a', 'Hello');
    say('b', 'Bye');
    await virtual.advance(0);
    translator.answer(busy);
    translator.answer(busy);
    await virtual.advance(1000);
    expect(translator.asked.map(({ text }) => text)).toEqual(['Hello', 'Bye', 'Hello', 'Bye']);
    translator.answer();
    for (const waitMs of [2000, 4000, 8000]) {
      translator.answer(busy);
      await virtual.advance(waitMs);
    }
    expect(shown()).toMatchObject([
      { captionId: 'a', text: 'es(Hello)' },
      { captionId: 'b', text: '', failed: 'inference.busy' },
    ]);
  });

  it('never grow behind a model that does not answer: the oldest are marked', async () => {
    const { virtual, translator, say, shown } = stage(['es']);
    translator.held = true;
    for (let id = 0; id < 60; id += 1) say(`c${id}`, `text ${id}`);
    await virtual.advance(0);
    expect(translator.asked).toHaveLength(4);
    expect(shown().map(({ captionId, failed }) => [captionId, failed])).toEqual(
      Array.from({ length: 6 }, (_, index) => [`c${index + 4}`, 'inference.busy']),
    );
  });

  it('begin with the last lines for who chooses a language late, and end with the last reader', async () => {
    const { virtual, translator, say, shown, read } = stage([]);
    say('a', 'Before');
    await virtual.advance(0);
    expect(translator.asked).toEqual([]);
    read('fr');
    await virtual.advance(0);
    expect(shown().map(({ text }) => text)).toEqual(['fr(Before)']);
    read();
    say('b', 'After');
    await virtual.advance(0);
    expect(translator.asked).toHaveLength(1);
  });

  it('show nothing once the call is over', async () => {
    const { virtual, translator, say, shown, attached } = stage(['es']);
    translator.held = true;
    say('a', 'Hello');
    await virtual.advance(0);
    await attached[Symbol.asyncDispose]();
    translator.answer();
    await virtual.advance(0);
    expect(shown()).toEqual([]);
  });
});
