import { describe, expect, it } from 'vitest';
import { avatarMetrics } from '../../../server/features/avatars/avatarMetrics.ts';
import { LipTrack } from '../../../server/features/avatars/lipTrack.ts';
import type { CompanionLine } from '../../../server/features/voices/companion.types.ts';
import { silentLog } from '../../../server/streams/log.ts';
import { noMetrics } from '../../../server/streams/metrics.ts';
import { TritoneError } from '../../../shared/errors.ts';
import { TestLips } from '../../fixtures/drawnLips.ts';
import { settle, VirtualClock } from '../../fixtures/virtualClock.ts';

const FRAMES = 4;
const PUSHED_MS = 100;
const OPUS_LOOKAHEAD = 312;

function stage() {
  const clock = new VirtualClock();
  const lips = new TestLips();
  // The head moves one pixel to the right with each frame.
  const transforms = Float32Array.from(Array.from({ length: FRAMES }, (_, frame) => [1, 0, frame, 0, 1, 0]).flat());
  const clip = { size: 2, fps: 25, count: FRAMES, frames: new SharedArrayBuffer(FRAMES * 6) };
  const track = new LipTrack({
    face: { clip, avatar: Buffer.from('face'), transforms },
    lipSync: lips,
    clock,
    log: silentLog,
    metrics: avatarMetrics(noMetrics),
  });
  let index = 0;
  /** The picture while `ms` of an utterance have been heard: [frame drawn, sequence]; undefined where the mouth is closed. */
  const lipsAt = (utteranceId: string, ms: number) => {
    const playedSamples = ms * 48 + OPUS_LOOKAHEAD;
    const { overlay } = track.pictureAt({ index: index++, sound: { utteranceId, playedSamples } });
    return overlay && [...overlay.rgba.subarray(0, 2)];
  };
  const speak = async (line: CompanionLine, ms: number) => {
    for (let at = 0; at < ms; at += PUSHED_MS) line.push(new Int16Array(PUSHED_MS * 16), []);
    await settle();
  };
  return { clock, lips, track, lipsAt, speak };
}

describe('LipTrack', () => {
  it('plays the idle clip in a loop where nothing is said', () => {
    const { track } = stage();
    const bases = [0, 1, 2, 3, 4, 5].map((index) => track.pictureAt({ index, sound: undefined }));
    expect(bases).toEqual([0, 1, 2, 3, 0, 1].map((base) => ({ base })));
  });

  it('shows the lips of the very sound that is heard', async () => {
    const { track, lipsAt, speak } = stage();
    await speak(track.begin('a'), 1000);
    expect([0, 19, 21, 40, 500, 980].map((ms) => lipsAt('a', ms)?.[0])).toEqual([0, 0, 1, 1, 13, 24]);
  });

  it('moves lips with the head to the frame of the clip that is shown', async () => {
    const { track, speak } = stage();
    await speak(track.begin('a'), 200);
    const sound = { utteranceId: 'a', playedSamples: 0 };
    expect(track.pictureAt({ index: 7, sound })).toMatchObject({
      base: 3,
      overlay: { affine: Float32Array.of(1, 0, 3, 0, 1, 0) },
    });
  });

  it('says when the first lips are there, and when they were seen', async () => {
    const { track, clock, lipsAt, speak } = stage();
    const line = track.begin('a');
    let ready = false;
    void line.ready.then(() => {
      ready = true;
    });
    await settle();
    expect(ready).toBe(false);
    await speak(line, 100);
    expect(ready).toBe(true);
    expect(line.shownAtMs).toBeUndefined();
    await clock.advance(70);
    lipsAt('a', 0);
    expect(line.shownAtMs).toBe(70);
  });

  it('closes the mouth 120 ms after a model has stalled, and is in step at once when it goes on', async () => {
    const { track, lips, lipsAt, speak } = stage();
    const line = track.begin('a');
    await speak(line, 400);
    lips.stalled = true;
    await speak(line, 600);
    expect(lipsAt('a', 440)?.[0]).toBe(9); // held
    expect(lipsAt('a', 500)).toBeUndefined();
    lips.resume();
    await settle();
    expect(lipsAt('a', 520)?.[0]).toBe(13);
  });

  it('drops lips whose sound has left', async () => {
    const { track, lips, lipsAt, speak } = stage();
    const line = track.begin('a');
    lips.stalled = true;
    await speak(line, 400);
    expect(lipsAt('a', 800)).toBeUndefined();
    lips.resume();
    await settle();
    expect(lipsAt('a', 820)).toBeUndefined();
  });

  it('begins anew from the sound that is heard then where the sequence is lost', async () => {
    const { track, lips, lipsAt, speak, clock } = stage();
    const line = track.begin('a');
    await speak(line, 1000);
    lipsAt('a', 500);
    lips.streams[0]?.fail(new TritoneError('inference.timeout', { model: 'test', deadlineMs: 1 }));
    await clock.advance(0);
    expect(lips.streams).toHaveLength(2);
    expect(lips.streams[1]?.pushedSamples).toBe(16_000 - 12 * 640);
    expect(lipsAt('a', 520)).toEqual([1, 2]); // frame 13 of the utterance is the second of the new sequence
    await speak(line, 100);
    expect(lipsAt('a', 1060)).toEqual([14, 2]);
  });

  it('tries again where there is no model, ever later, and lets the voice go on', async () => {
    const { track, lips, lipsAt, speak, clock } = stage();
    lips.refusal = new TritoneError('inference.no_model', { capability: 'lip-sync', language: 'any' });
    const line = track.begin('a');
    await speak(line, 500);
    await clock.advance(300);
    expect(lipsAt('a', 300)).toBeUndefined();
    lips.refusal = undefined;
    await clock.advance(1000);
    expect(lipsAt('a', 400)?.[1]).toBe(1);
  });

  it('gives up, and holds nobody up, where the model fails for good', async () => {
    const { track, lips, speak, clock } = stage();
    const line = track.begin('a');
    await speak(line, 100);
    lips.streams[0]?.fail(new TritoneError('inference.failed', { reason: 'r' }));
    await line.ready;
    await clock.advance(5000);
    expect(lips.streams).toHaveLength(1);
  });

  it('tells visemes as the sequence counts its sound', async () => {
    const { track, lips, lipsAt, clock } = stage();
    const line = track.begin('a');
    await settle();
    line.push(new Int16Array(16_000), [
      { viseme: 'aa', startSample: 0, endSample: 7000 },
      { viseme: 'PP', startSample: 7000, endSample: 9000 },
      { viseme: 'O', startSample: 9000, endSample: 16_000 },
    ]);
    lipsAt('a', 500);
    lips.streams[0]?.fail(new TritoneError('inference.sequence_lost'));
    await clock.advance(0);
    const begin = 12 * 640;
    expect(lips.streams[1]?.visemes).toEqual([
      { viseme: 'PP', startSample: 0, endSample: 9000 - begin },
      { viseme: 'O', startSample: 9000 - begin, endSample: 16_000 - begin },
    ]);
  });

  it('lets the model see the face before it is needed, and minds no failure', async () => {
    const { track, lips } = stage();
    const { signal } = new AbortController();
    await track.warmUp(signal);
    expect(lips.streams).toMatchObject([{ pushedSamples: 3200, closed: true }]);
    lips.refusal = new TritoneError('inference.busy', { model: 'test' });
    await track.warmUp(signal);
  });

  it('never shows lips of one utterance in another', async () => {
    const { track, lips, lipsAt, speak } = stage();
    const first = track.begin('a');
    await speak(first, 1000);
    lipsAt('a', 100);
    first.close();
    expect(lipsAt('a', 200)).toBeUndefined();
    const second = track.begin('b');
    expect(lipsAt('b', 100)).toBeUndefined();
    await speak(second, 300);
    expect(lipsAt('b', 100)?.[1]).toBe(2);
    expect(lips.streams[0]?.closed).toBe(true);
  });

  it('keeps no more lips than three seconds, whatever it is given', async () => {
    const { track, lipsAt, speak } = stage();
    const line = track.begin('a');
    await settle();
    await speak(line, 10_000);
    expect(lipsAt('a', 2960)?.[0]).toBe(74);
    expect(lipsAt('a', 5000)).toBeUndefined();
  });
});
