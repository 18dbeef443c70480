import { describe, expect, it } from 'vitest';
import { PauseDetector } from '../../../server/features/captions/pauseDetector.ts';
import { rmsDbov, soundLevelDbov } from '../../../server/features/captions/soundLevel.ts';
import { SpurtDetector } from '../../../server/features/captions/spurtDetector.ts';

const PACKET_MS = 20;

/** Feeds a level for a while; answers the changes with the time each took, ms. */
function hear(detector: SpurtDetector, level: number | ((packet: number) => number), ms: number): [string, number][] {
  const changes: [string, number][] = [];
  for (let packet = 0; packet * PACKET_MS < ms; packet++) {
    const change = detector.hear(typeof level === 'number' ? level : level(packet), PACKET_MS);
    if (change !== undefined) changes.push([change, (packet + 1) * PACKET_MS]);
  }
  return changes;
}

/** Syllables: 160 ms loud, 80 ms soft. */
const speech = (loud: number, soft: number) => (packet: number) => (packet % 12 < 8 ? loud : soft);

describe('SpurtDetector', () => {
  it('opens within 40 ms of speech and closes 1.2 s after it', () => {
    const detector = new SpurtDetector();
    expect(hear(detector, -80, 2000)).toEqual([]);
    expect(hear(detector, speech(-30, -55), 2400)).toEqual([['opened', 40]]);
    const [change] = hear(detector, -80, 3000);
    expect(change?.[0]).toBe('closed');
    expect(change?.[1]).toBeLessThanOrEqual(1200);
    expect(change?.[1]).toBeGreaterThan(1000);
  });

  it('opens for the very first word of a track, whose background it does not know yet', () => {
    expect(hear(new SpurtDetector(), -45, 100)).toEqual([['opened', 40]]);
  });

  it('stays shut for a click, for silence and for a quiet room', () => {
    const detector = new SpurtDetector();
    hear(detector, -75, 2000);
    expect(hear(detector, -20, PACKET_MS)).toEqual([]);
    expect(hear(detector, -75, 5000)).toEqual([]);
    expect(hear(detector, -127, 5000)).toEqual([]);
  });

  it('gets used to a fan and still hears who speaks 8 dB over it', () => {
    const detector = new SpurtDetector();
    const changes = hear(detector, -45, 8000);
    expect(changes.map(([change]) => change)).toEqual(['opened', 'closed']);
    expect(hear(detector, -45, 20_000)).toEqual([]);
    expect(hear(detector, -37, 200)).toEqual([['opened', 40]]);
  });

  it('never closes during two minutes of speech without a pause', () => {
    const detector = new SpurtDetector();
    hear(detector, -70, 3000);
    expect(hear(detector, speech(-35, -50), 120_000)).toEqual([['opened', 40]]);
  });

  it('stays open for what is a little too soft to open it', () => {
    const detector = new SpurtDetector();
    hear(detector, -80, 2000);
    expect(hear(detector, -62, 500)).toEqual([]);
    expect(hear(detector, -40, 100)).toEqual([['opened', 40]]);
    expect(hear(detector, -62, 1500)).toEqual([]);
    expect(hear(detector, -64, 2000)).toEqual([['closed', 1200]]);
  });

  it('hears a soft speaker in a quiet room', () => {
    const detector = new SpurtDetector();
    hear(detector, -85, 3000);
    expect(hear(detector, speech(-55, -75), 1000)).toEqual([['opened', 40]]);
  });

  it('asks the model about anything loud, however loud the background', () => {
    const detector = new SpurtDetector();
    hear(detector, -36, 10_000);
    detector.close();
    expect(hear(detector, -34, 200)).toEqual([['opened', 40]]);
  });

  it('takes filled-in silence for quiet but learns no background from it', () => {
    const detector = new SpurtDetector();
    hear(detector, -50, 10_000);
    for (let packet = 0; packet < 500; packet++) detector.hear(-127, PACKET_MS, true);
    expect(hear(detector, -50, 2000)).toEqual([]);
  });
});

describe('PauseDetector', () => {
  const mayEnd = (levels: readonly [dbov: number, ms: number][]) => {
    const detector = new PauseDetector();
    for (const [dbov, ms] of levels)
      for (let heardMs = 0; heardMs < ms; heardMs += PACKET_MS) detector.hear(dbov, PACKET_MS);
    return detector.mayEnd;
  };

  it('sees a pause from 160 ms of quiet on, though the room is only 15 dB below speech', () => {
    expect(mayEnd([[-20, 1000]])).toBe(false);
    expect(
      mayEnd([
        [-20, 1000],
        [-35, 140],
      ]),
    ).toBe(false);
    expect(
      mayEnd([
        [-20, 1000],
        [-35, 160],
      ]),
    ).toBe(true);
    expect(
      mayEnd([
        [-20, 1000],
        [-35, 500],
      ]),
    ).toBe(true);
    expect(
      mayEnd([
        [-20, 1000],
        [-127, 900],
      ]),
    ).toBe(true);
  });

  it('takes neither dips between syllables for one, nor silence that lasts', () => {
    expect(
      mayEnd([
        [-20, 160],
        [-45, 80],
        [-22, 160],
        [-45, 80],
      ]),
    ).toBe(false);
    expect(
      mayEnd([
        [-20, 1000],
        [-127, 1000],
      ]),
    ).toBe(false);
    expect(mayEnd([[-127, 1000]])).toBe(false);
  });
});

describe('sound level', () => {
  const chunk = {
    pcm: new Int16Array(320).fill(3277),
    startSample: 0,
    startMs: 0,
    origin: 'heard' as const,
    announced: false,
    afterLoss: false,
  };

  it('is what the sender says, and measured where it says nothing', () => {
    expect(soundLevelDbov({ ...chunk, levelDbov: -42 })).toBe(-42);
    expect(soundLevelDbov({ ...chunk, levelDbov: undefined })).toBeCloseTo(-20, 1);
  });

  it('is digital silence for zeros, for nothing at all and for what was filled in', () => {
    expect(rmsDbov(new Int16Array(10))).toBe(-127);
    expect(rmsDbov(new Int16Array(0))).toBe(-127);
    expect(soundLevelDbov({ ...chunk, levelDbov: -30, origin: 'silence' })).toBe(-127);
  });
});
