import { describe, expect, it } from 'vitest';
import { VoiceFeed } from '../../../server/media/feed/voiceFeed.ts';
import { settle } from '../../fixtures/virtualClock.ts';

const FRAME = 960;
const SECOND = 48_000;

/** A ramp that never repeats within a second: each sample tells where it stood. */
function numbered(samples: number, from = 1): Int16Array {
  return Int16Array.from({ length: samples }, (_, at) => ((from + at) % 30_000) + 1);
}

const loud = (samples: number) => new Int16Array(samples).fill(10_000);

function stage() {
  const feed = new VoiceFeed(() => 'track');
  const take = () => {
    const frame = new Int16Array(FRAME);
    return { sound: feed.take(frame), frame };
  };
  return { feed, take, takes: (count: number) => Array.from({ length: count }, take) };
}

/** Whether a promise has settled by now. */
async function hasSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  void promise.finally(() => {
    settled = true;
  });
  await settle();
  return settled;
}

const isSilent = (frame: Int16Array) => frame.every((sample) => sample === 0);

describe('VoiceFeed', () => {
  it('is silent, and has no position, where there is nothing to say', () => {
    const { feed, take } = stage();
    const { sound, frame } = take();
    expect(sound).toBeUndefined();
    expect(isSilent(frame)).toBe(true);
    expect(feed.position).toBeUndefined();
  });

  it('plays what was written sample by sample, whatever the pieces were', async () => {
    const { feed, takes } = stage();
    const utterance = feed.begin('u');
    const pcm = numbered(10 * FRAME - 7);
    for (const [from, to] of [
      [0, 1],
      [1, 2500],
      [2500, 2600],
      [2600, pcm.length],
    ]) {
      await utterance.write(pcm.subarray(from, to));
    }
    void utterance.end();
    const frames = takes(10);
    const played = Int16Array.from(frames.flatMap(({ frame }) => [...frame]));
    expect(played.subarray(0, pcm.length)).toEqual(pcm);
    expect(isSilent(played.subarray(pcm.length))).toBe(true);
    expect(frames.map(({ sound }) => sound?.playedSamples)).toEqual(frames.map((_, at) => at * FRAME));
  });

  it('tells where the voice is, from its first sample to its last', async () => {
    const { feed, take } = stage();
    const utterance = feed.begin('u');
    await utterance.write(numbered(2 * FRAME));
    void utterance.end();
    expect(feed.position).toBeUndefined();
    take();
    expect(feed.position).toEqual({ utteranceId: 'u', playedSamples: FRAME });
    expect(utterance.playedSamples).toBe(FRAME);
    take();
    expect(feed.position).toBeUndefined();
    expect(utterance.playedSamples).toBe(2 * FRAME);
  });

  it('lets a writer run a second ahead of playout and no further', async () => {
    const { feed, take } = stage();
    const utterance = feed.begin('u');
    await utterance.write(numbered(SECOND));
    const further = utterance.write(numbered(FRAME + 1, SECOND + 1));
    expect(await hasSettled(further)).toBe(false);
    take();
    expect(await hasSettled(further)).toBe(false);
    take();
    expect(await hasSettled(further)).toBe(true);
  });

  it('takes three seconds in one write as room comes, and loses none of it', async () => {
    const { feed, takes } = stage();
    const utterance = feed.begin('u');
    const pcm = numbered(3 * SECOND);
    const written = utterance.write(pcm);
    void utterance.end();
    const played = takes(150).flatMap(({ frame }) => [...frame]);
    await written;
    expect(Int16Array.from(played)).toEqual(pcm);
  });

  it('resolves the end when the last sample has left, not before', async () => {
    const { feed, take } = stage();
    const utterance = feed.begin('u');
    await utterance.write(loud(FRAME + 1));
    const ended = utterance.end();
    take();
    expect(await hasSettled(ended)).toBe(false);
    take();
    await expect(ended).resolves.toEqual({ playedSamples: FRAME + 1, cut: false });
  });

  it('ends an utterance without a sound when its turn has come', async () => {
    const { feed, take } = stage();
    const ended = feed.begin('u').end();
    take();
    await expect(ended).resolves.toEqual({ playedSamples: 0, cut: false });
  });

  it('speaks utterances one after another, each from its first sample', async () => {
    const { feed, takes } = stage();
    const [one, other] = [feed.begin('one'), feed.begin('other')];
    await other.write(numbered(FRAME, 20_000));
    void other.end();
    await one.write(numbered(FRAME));
    void one.end();
    const [first, second, third] = takes(3);
    expect(first?.sound).toEqual({ utteranceId: 'one', playedSamples: 0 });
    expect(second?.sound).toEqual({ utteranceId: 'other', playedSamples: 0 });
    expect(second?.frame).toEqual(numbered(FRAME, 20_000));
    expect(third?.sound).toBeUndefined();
  });

  it('keeps those further behind waiting: what is held stays within two seconds', async () => {
    const { feed } = stage();
    const writes = ['a', 'b', 'c'].map((id) => feed.begin(id).write(loud(FRAME)));
    expect(await Promise.all(writes.map(hasSettled))).toEqual([true, true, false]);
  });

  it('fades out within 20 ms when cut, and is silent after', async () => {
    const { feed, take } = stage();
    const utterance = feed.begin('u');
    await utterance.write(loud(SECOND));
    take();
    expect(utterance.cut()).toEqual({ playedSamples: FRAME });
    const fade = take().frame;
    expect(fade[0]).toBeGreaterThan(9_900);
    expect(fade[FRAME - 1]).toBeLessThan(100);
    expect(fade.every((sample, at) => at === 0 || sample <= (fade[at - 1] ?? 0))).toBe(true);
    expect(isSilent(take().frame)).toBe(true);
    expect(feed.position).toBeUndefined();
  });

  it('settles everything that waits at a cut, with what was heard', async () => {
    const { feed, take } = stage();
    const utterance = feed.begin('u');
    const written = utterance.write(loud(2 * SECOND));
    const ended = utterance.end();
    take();
    expect(utterance.cut()).toEqual(utterance.cut());
    await written;
    await expect(ended).resolves.toEqual({ playedSamples: FRAME, cut: true });
    await utterance.write(loud(FRAME));
    expect(take().sound).toBeUndefined();
  });

  it('lets nothing of a cut utterance into the next', async () => {
    const { feed, take } = stage();
    const [stale, next] = [feed.begin('stale'), feed.begin('next')];
    await stale.write(loud(SECOND));
    await next.write(new Int16Array(2 * FRAME).fill(-5_000));
    void next.end();
    take();
    stale.cut();
    take();
    const { sound, frame } = take();
    expect(sound).toEqual({ utteranceId: 'next', playedSamples: 0 });
    expect(frame.every((sample) => sample === -5_000)).toBe(true);
  });

  it('cuts an utterance that has not begun without a sound', async () => {
    const { feed, take } = stage();
    const [one, other] = [feed.begin('one'), feed.begin('other')];
    await one.write(loud(2 * FRAME));
    await other.write(loud(FRAME));
    void one.end();
    expect(other.cut()).toEqual({ playedSamples: 0 });
    expect(take().frame.every((sample) => sample === 10_000)).toBe(true);
    expect(feed.position?.utteranceId).toBe('one');
  });

  it('pauses within 20 ms, holds the position, and goes on from there', async () => {
    const { feed, take, takes } = stage();
    const utterance = feed.begin('u');
    await utterance.write(loud(SECOND));
    take();
    feed.pause();
    const fade = take().frame;
    expect([fade[0], fade[FRAME - 1]]).toEqual([expect.any(Number), expect.any(Number)]);
    expect(fade[0]).toBeGreaterThan(9_900);
    expect(fade[FRAME - 1]).toBeLessThan(100);
    for (const { frame, sound } of takes(5)) {
      expect(isSilent(frame)).toBe(true);
      expect(sound).toBeUndefined();
    }
    expect(feed.position).toEqual({ utteranceId: 'u', playedSamples: FRAME });
    feed.resume();
    const back = take();
    expect(back.sound).toEqual({ utteranceId: 'u', playedSamples: FRAME });
    expect(back.frame[0]).toBeLessThan(100);
    expect(take().frame.every((sample) => sample === 10_000)).toBe(true);
  });

  it('does not stumble over a pause that was taken back at once', async () => {
    const { feed, take } = stage();
    await feed.begin('u').write(loud(SECOND));
    take();
    feed.pause();
    feed.resume();
    expect(take().frame.every((sample) => sample === 10_000)).toBe(true);
  });

  it('says nothing more of what is cut in a pause', async () => {
    const { feed, takes } = stage();
    const utterance = feed.begin('u');
    await utterance.write(loud(SECOND));
    takes(1);
    feed.pause();
    takes(2);
    utterance.cut();
    feed.resume();
    expect(takes(3).every(({ frame }) => isSilent(frame))).toBe(true);
  });

  it('falls silent without a click where sound is late, counts it, and goes on with the very next sample', async () => {
    const { feed, take, takes } = stage();
    const utterance = feed.begin('u');
    await utterance.write(loud(2 * FRAME));
    take();
    const last = take();
    expect(last.frame[FRAME - 241]).toBe(10_000);
    expect(last.frame[FRAME - 1]).toBeLessThan(100);
    expect(takes(3).every(({ frame, sound }) => isSilent(frame) && sound === undefined)).toBe(true);
    expect(feed.stats.underruns).toBe(1);
    await utterance.write(loud(SECOND));
    const back = take();
    expect(back.sound?.playedSamples).toBe(2 * FRAME);
    expect(back.frame[0]).toBeLessThan(100);
    expect(back.frame[240]).toBe(10_000);
    expect(feed.stats.underruns).toBe(1);
  });

  it('holds everything while nobody can hear, and forgets a cut made then', async () => {
    const { feed, take, takes } = stage();
    const utterance = feed.begin('u');
    await utterance.write(loud(SECOND));
    take();
    feed.hold(true);
    expect(takes(50).every(({ frame }) => isSilent(frame))).toBe(true);
    expect(utterance.playedSamples).toBe(FRAME);
    feed.hold(false);
    expect(take().sound?.playedSamples).toBe(FRAME);
    feed.hold(true);
    utterance.cut();
    feed.hold(false);
    expect(isSilent(take().frame)).toBe(true);
  });

  it('cuts everything when it closes, and takes nothing after', async () => {
    const { feed } = stage();
    const ends = ['a', 'b'].map((id) => feed.begin(id).end());
    feed.close();
    feed.close();
    expect(await Promise.all(ends)).toEqual([
      { playedSamples: 0, cut: true },
      { playedSamples: 0, cut: true },
    ]);
    const late = feed.begin('late');
    await late.write(loud(FRAME));
    await expect(late.end()).resolves.toEqual({ playedSamples: 0, cut: true });
  });
});
