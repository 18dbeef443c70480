import { describe, expect, it } from 'vitest';
import type { Companion, CompanionLine } from '../../../server/features/voices/companion.types.ts';
import { Speaker } from '../../../server/features/voices/speaker.ts';
import { UtteranceCaptions } from '../../../server/features/voices/utteranceCaptions.ts';
import { voiceMetrics } from '../../../server/features/voices/voiceMetrics.ts';
import { RoomClock } from '../../../server/rooms/roomClock.ts';
import { RoomLog } from '../../../server/rooms/roomLog.ts';
import { silentLog } from '../../../server/streams/log.ts';
import { noMetrics } from '../../../server/streams/metrics.ts';
import type { Caption } from '../../../shared/captions.ts';
import { TritoneError } from '../../../shared/errors.ts';
import { PlayingFeed, TestVoice } from '../../fixtures/speakingVoice.ts';
import { VirtualClock } from '../../fixtures/virtualClock.ts';

function stage(companion?: Companion) {
  const clock = new VirtualClock();
  const roomClock = new RoomClock(clock);
  const log = new RoomLog(roomClock);
  const revisions: Caption[] = [];
  log.events.on('appended', ({ event }) => {
    if (event.type === 'caption') revisions.push(event.caption);
  });
  const voice = new TestVoice();
  const playing = new PlayingFeed(clock);
  const speaker = new Speaker({
    name: 'Ada',
    language: 'en',
    voice: 'test/voice',
    textToSpeech: voice,
    audio: playing.feed,
    companion,
    captions: (utteranceId) =>
      new UtteranceCaptions({ log, clock: roomClock, participantId: 'ada', language: 'en', utteranceId }),
    clock,
    log: silentLog,
    metrics: voiceMetrics(noMetrics),
  });
  const say = (text: string) => {
    const utterance = speaker.say();
    utterance.write(text);
    utterance.end();
    return utterance;
  };
  const finals = () => revisions.filter(({ final }) => final);
  return { clock, voice, playing, speaker, say, revisions, finals };
}

describe('Speaker', () => {
  it('says a text, and tells what of it was heard while it is heard', async () => {
    const { clock, say, speaker } = stage();
    const utterance = say('One two three four.');
    await clock.advance(700);
    expect(utterance.info).toMatchObject({
      state: 'speaking',
      heardText: 'One two three',
      firstSoundMs: expect.any(Number),
    });
    expect(utterance.info.firstSoundMs).toBeLessThanOrEqual(40);
    await clock.advance(700);
    expect(utterance.info).toMatchObject({ state: 'said', heardText: 'One two three four.' });
    expect(speaker.state).toBe('idle');
    expect(speaker.find(utterance.utteranceId)).toBe(utterance);
  });

  it('is heard before the last fragment is written', async () => {
    const { clock, speaker, playing } = stage();
    const utterance = speaker.say();
    utterance.write('One ');
    await clock.advance(500);
    expect(utterance.info).toMatchObject({ state: 'speaking', heardText: 'One' });
    expect(playing.left.filter((sample) => sample !== 0).length).toBeGreaterThan(10);
    utterance.write('two');
    utterance.end();
    await clock.advance(500);
    expect(utterance.info).toMatchObject({ state: 'said', heardText: 'One two' });
  });

  it('says texts one after the other without a gap', async () => {
    const { clock, say, playing } = stage();
    const all = [say('a b c d e f'), say('g h i'), say('j')];
    await clock.advance(3200);
    expect(all.map(({ info }) => info.state)).toEqual(['said', 'said', 'said']);
    const first = playing.left.findIndex((sample) => sample !== 0);
    const sounding = playing.left.slice(first, first + 150); // ten words of 300 ms
    expect(sounding.filter((sample) => Math.abs(sample) > 4000)).toHaveLength(150);
  });

  it('captions its words at the times at which they are heard, a line a sentence', async () => {
    const { clock, say, finals, revisions } = stage();
    await clock.advance(1000);
    say('Hello <break time="1s"/> there. And more');
    await clock.advance(2000);
    expect(finals().map(({ text }) => text)).toEqual(['Hello there.', 'And more']);
    const words = finals().flatMap((caption) => caption.words ?? []);
    expect(words.map(({ text }) => text).join(' ')).toMatch(/^Hello .*there\. And more$/);
    const [hello, more] = [words[0], words.at(-1)];
    expect(hello?.startMs).toBeGreaterThanOrEqual(1000);
    expect(hello?.startMs).toBeLessThanOrEqual(1040);
    expect((more?.startMs ?? 0) - (hello?.startMs ?? 0)).toBeCloseTo((words.length - 1) * 300, -1);
    expect(revisions[0]).toMatchObject({ text: 'Hello', revision: 0, final: false, participantId: 'ada' });
  });

  it('ends at once where it is stopped; the caption is cut at the word heard', async () => {
    const { clock, say, speaker, playing, finals, revisions } = stage();
    const utterance = say('One two three four five.');
    await clock.advance(720); // the third word has just begun
    expect(revisions.at(-1)?.text).toBe('One two three');
    expect(speaker.stop()).toEqual([utterance]);
    await clock.advance(0);
    const framesBefore = playing.left.length;
    await clock.advance(1000);
    expect(utterance.info).toMatchObject({ state: 'cut', heardText: 'One two' });
    expect(finals().map(({ text }) => text)).toEqual(['One two']);
    expect(playing.left.slice(framesBefore + 1).every((sample) => sample === 0)).toBe(true);
  });

  it('drops what waits where it is stopped, and speaks again afterwards', async () => {
    const { clock, say, speaker, voice } = stage();
    const [first, second] = [say('One two three.'), say('Never said.')];
    await clock.advance(200);
    expect(speaker.stop()).toHaveLength(2);
    await clock.advance(100);
    expect([first.info.state, second.info.state]).toEqual(['cut', 'cut']);
    expect(second.info.heardText).toBe('');
    const third = say('Again.');
    await clock.advance(500);
    expect(third.info.state).toBe('said');
    expect(voice.syntheses.length).toBeLessThanOrEqual(3);
  });

  it('takes a stop before any text', () => {
    expect(stage().speaker.stop()).toEqual([]);
  });

  it('retracts a caption where none of its words was heard', async () => {
    const { clock, say, speaker, revisions, finals } = stage();
    say('One two.');
    await clock.advance(60);
    expect(revisions).toHaveLength(1);
    speaker.stop();
    await clock.advance(50);
    expect(finals().map(({ text }) => text)).toEqual(['']);
  });

  it.each(['', '   ', '<break time="1s"/>', '… !'])('fails to say %j: there is nothing to say', async (text) => {
    const { clock, say } = stage();
    const utterance = say(text);
    await clock.advance(1000);
    expect(utterance.info).toMatchObject({ state: 'failed', error: { code: 'speech.empty_text' } });
  });

  it('refuses a text of more than twenty thousand characters, and says what came before', async () => {
    const { clock, speaker } = stage();
    const utterance = speaker.say();
    utterance.write('One ');
    expect(() => utterance.write('x'.repeat(100_000))).toThrow(
      expect.objectContaining({ code: 'speech.text_too_long' }),
    );
    utterance.end();
    await clock.advance(500);
    expect(utterance.info).toMatchObject({ state: 'said', heardText: 'One' });
  });

  it('refuses more texts than may wait', async () => {
    const { clock, say, speaker } = stage();
    say('One two three four five six seven eight.');
    await clock.advance(0);
    for (let waiting = 0; waiting < 16; waiting += 1) say('more');
    expect(speaker.waiting).toBe(16);
    expect(() => say('too much')).toThrow(expect.objectContaining({ code: 'speech.queue_full' }));
  });

  it('says what it has where the voice fails, then the next text', async () => {
    const { clock, say, voice } = stage();
    const broken = say('One two');
    const next = say('Three');
    await clock.advance(0);
    voice.syntheses[0]?.fail(new TritoneError('inference.unavailable', { reason: 'it died' }));
    await clock.advance(2000);
    expect(broken.info).toMatchObject({ state: 'said' }); // all of its sound was there before
    expect(next.info.state).toBe('said');
    voice.refusal = new TritoneError('voice.unreadable_text', { voice: 'v', problem: 'p' });
    const refused = say('नमस्ते');
    await clock.advance(100);
    expect(refused.info).toMatchObject({ state: 'failed', error: { code: 'voice.unreadable_text' } });
    voice.refusal = undefined;
    expect(say('Fine').info.state).toBe('speaking');
  });

  it('fails where the voice fails in the middle, with what was heard until then', async () => {
    const { clock, speaker, voice } = stage();
    const utterance = speaker.say();
    utterance.write('One two ');
    await clock.advance(100);
    voice.syntheses[0]?.fail(new TritoneError('inference.unavailable', { reason: 'it died' }));
    await clock.advance(1000);
    expect(utterance.info).toMatchObject({
      state: 'failed',
      heardText: 'One two',
      error: { code: 'inference.unavailable', retryable: true },
    });
  });

  it('tells whoever waits of each word and of the end', async () => {
    const { clock, say } = stage();
    const utterance = say('One two');
    const seen: string[] = [];
    void (async () => {
      while (utterance.info.state !== 'said') {
        await utterance.changed();
        seen.push(utterance.info.heardText);
      }
    })();
    await clock.advance(2000);
    expect([...new Set(seen)]).toEqual(['One', 'One two']);
  });

  it('closes with everything cut', async () => {
    const { clock, say, speaker } = stage();
    const utterance = say('One two three');
    await clock.advance(300);
    const closed = speaker.close();
    await clock.advance(50);
    await closed;
    expect(utterance.info.state).toBe('cut');
    expect(() => speaker.say()).toThrow(expect.objectContaining({ code: 'room.closed' }));
  });
});

/** Lips that are ready when the test says so. */
class TestCompanion implements Companion {
  readonly lines: (CompanionLine & {
    pushed: number;
    visemes: number;
    ended: boolean;
    closed: boolean;
    makeReady: () => void;
  })[] = [];

  begin(): CompanionLine {
    const ready = Promise.withResolvers<void>();
    const line = {
      ready: ready.promise,
      makeReady: ready.resolve,
      shownAtMs: undefined,
      pushed: 0,
      visemes: 0,
      ended: false,
      closed: false,
      push(pcm: Int16Array, visemes: readonly unknown[]) {
        line.pushed += pcm.length;
        line.visemes += visemes.length;
      },
      end() {
        line.ended = true;
      },
      close() {
        line.closed = true;
      },
    };
    this.lines.push(line);
    return line;
  }
}

describe('Speaker with a companion', () => {
  const firstSoundMs = async (readyAfterMs: number) => {
    const companion = new TestCompanion();
    const { clock, say } = stage(companion);
    const utterance = say('One two three four five six seven eight nine ten');
    clock.after(readyAfterMs, () => companion.lines[0]?.makeReady());
    await clock.advance(1000);
    return utterance.info.firstSoundMs ?? Number.NaN;
  };

  it('waits for its first picture, but not for more than 150 ms', async () => {
    expect(await firstSoundMs(0)).toBeLessThanOrEqual(40);
    expect(await firstSoundMs(100)).toBeGreaterThanOrEqual(100);
    expect(await firstSoundMs(100)).toBeLessThanOrEqual(140);
    expect(await firstSoundMs(5000)).toBeGreaterThanOrEqual(150);
    expect(await firstSoundMs(5000)).toBeLessThanOrEqual(190);
  });

  it.each([0, 100, 5000])(
    'is heard to the end where all of it was made before the first picture (%i ms)',
    async (ms) => {
      const companion = new TestCompanion();
      const { clock, say, playing } = stage(companion);
      const utterance = say('Yes');
      clock.after(ms, () => companion.lines[0]?.makeReady());
      await clock.advance(1000);
      expect(utterance.info).toMatchObject({ state: 'said', heardText: 'Yes', firstSoundMs: expect.any(Number) });
      expect(playing.left.filter((sample) => Math.abs(sample) > 4000)).toHaveLength(15); // 300 ms
    },
  );

  it('gives it all sound at 16 kHz at most two seconds before it is heard, then says that no more comes', async () => {
    const companion = new TestCompanion();
    const { clock, say } = stage(companion);
    say('One two three four five six seven eight nine ten');
    await clock.advance(100);
    expect((companion.lines[0]?.pushed ?? 0) / 16).toBeLessThan(2000);
    await clock.advance(3500);
    expect(companion.lines[0]).toMatchObject({ pushed: 3000 * 16, visemes: 10, ended: true, closed: true });
  });

  it('tells it at once where the voice is stopped', async () => {
    const companion = new TestCompanion();
    const { clock, say, speaker } = stage(companion);
    say('One two three');
    await clock.advance(300);
    speaker.stop();
    expect(companion.lines[0]?.closed).toBe(true);
  });
});
