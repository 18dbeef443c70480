import { describe, expect, it } from 'vitest';
import { feedSequence } from '../../../server/features/speech/feedSequence.ts';
import { PcmRing } from '../../../server/features/speech/pcmRing.ts';
import { type SpurtState, TalkSpurt } from '../../../server/features/speech/talkSpurt.ts';
import { TimeMap } from '../../../server/features/speech/timeMap.ts';
import type { SpeechStream, WriteOptions } from '../../../server/inference/speechToText.types.ts';
import { settle } from '../../fixtures/virtualClock.ts';

const PACKET_SAMPLES = 320;

interface Written extends WriteOptions {
  ms: number;
  /** How much had been heard by then, ms. */
  heardMs: number;
}

function stage() {
  const ring = new PcmRing(16_000);
  const spurt = new TalkSpurt(0);
  const written: Written[] = [];
  const stream = {
    write: async (pcm: Int16Array, options: WriteOptions = {}) => {
      written.push({ ms: pcm.length / 16, heardMs: spurt.endSample / 16, ...options });
    },
  } as unknown as SpeechStream;
  const abort = new AbortController();
  const places = TimeMap.toSamples();
  places.add(0, 0);
  const fed = feedSequence({ stream, ring, spurt, places, onLost: () => {}, signal: abort.signal });
  const hear = async (ms: number, state: SpurtState) => {
    for (let heardMs = 0; heardMs < ms; heardMs += 20) {
      ring.write(new Int16Array(PACKET_SAMPLES), spurt.endSample);
      spurt.hear(spurt.endSample + PACKET_SAMPLES, state);
      await settle();
    }
  };
  const backlog = (ms: number, state: SpurtState) => {
    ring.write(new Int16Array(ms * 16), spurt.endSample);
    spurt.hear(spurt.endSample + ms * 16, state);
  };
  return { backlog, spurt, written, fed, hear, abort, sizes: () => written.map(({ ms }) => ms) };
}

describe('feeding a sequence', () => {
  it('sends 100 ms together in talk, 40 ms in a pause, and 400 ms in silence that was announced', async () => {
    const { hear, sizes } = stage();
    await hear(300, 'talk');
    await hear(120, 'pause');
    await hear(820, 'silence');
    expect(sizes()).toEqual([100, 100, 100, 40, 40, 40, 20, 400, 400]);
  });

  it('tells at once that silence was announced, and at once that it is over', async () => {
    const { hear, written } = stage();
    await hear(140, 'talk');
    await hear(20, 'silence');
    expect(written.at(-1)).toEqual({ ms: 60, heardMs: 160, atOnce: true, silentAfter: true });
    await hear(100, 'silence');
    expect(written).toHaveLength(2);
    await hear(20, 'talk');
    expect(written.at(-1)).toEqual({ ms: 120, heardMs: 280, atOnce: true, silentAfter: false });
  });

  it('catches up in pieces, and announces silence only behind the last', async () => {
    const { backlog, written } = stage();
    backlog(250, 'silence');
    await settle();
    expect(written.map(({ ms, silentAfter }) => [ms, silentAfter])).toEqual([[250, true]]);
    backlog(900, 'silence');
    await settle();
    expect(written.slice(1).map(({ ms, silentAfter }) => [ms, silentAfter])).toEqual([
      [400, false],
      [400, false],
      [100, true],
    ]);
  });

  it('ends with the spurt, its rest kept for the last request, and when it is told to', async () => {
    const ended = stage();
    await ended.hear(130, 'talk');
    ended.spurt.end();
    await ended.fed;
    expect(ended.written.at(-1)).toMatchObject({ ms: 40, atOnce: false, silentAfter: false });
    const aborted = stage();
    await aborted.hear(20, 'talk');
    aborted.abort.abort();
    await aborted.fed;
    expect(aborted.written).toEqual([]);
  });
});
