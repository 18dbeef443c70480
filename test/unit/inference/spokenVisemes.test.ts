import { describe, expect, it } from 'vitest';
import { SampleMap } from '../../../server/inference/sampleMap.ts';
import { SpokenVisemes } from '../../../server/inference/spokenVisemes.ts';
import type { Viseme } from '../../../server/inference/visemes.ts';

const viseme = (startSample: number, endSample: number): Viseme => ({ viseme: 'aa', startSample, endSample });

describe('SpokenVisemes', () => {
  it('goes with the sound in which it begins, once', () => {
    const visemes = new SpokenVisemes();
    visemes.push([viseme(0, 800), viseme(800, 2000), viseme(2000, 2400)]);
    expect(visemes.take(0, 1600, new SampleMap())).toEqual([
      ['aa', 0, 800],
      ['aa', 800, 2000],
    ]);
    expect(visemes.take(1600, 3200, new SampleMap())).toEqual([['aa', 2000, 2400]]);
    expect(visemes.take(3200, 4800, new SampleMap())).toEqual([]);
  });

  it('is told as the model counts where sound was dropped, and left out where its sound was', () => {
    const visemes = new SpokenVisemes();
    const map = new SampleMap();
    map.drop(1600, 1000);
    visemes.push([viseme(1600, 2400), viseme(2400, 3000), viseme(3000, 3200)]);
    expect(visemes.take(1600, 3200, map)).toEqual([
      ['aa', 1600, 2000], // its first half was dropped
      ['aa', 2000, 2200],
    ]);
  });
});
