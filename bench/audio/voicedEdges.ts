const FRAME_MS = 10;
const LOUD_QUANTILE = 0.95;
/** Voiced: this far below the loud part of the clip at most. Ends lie 80 ms before Silero's in the median. */
const BELOW_LOUD_DB = 22;
/** What is shorter is a click, not a sound of speech. */
const SHORTEST_SOUND_MS = 60;
/** Sounds this near to each other are one stretch of speech. */
const PAUSE_MS = 300;
/** A stretch shorter than this at either end is a noise of the room. */
const SHORTEST_STRETCH_MS = 250;

interface Stretch {
  startMs: number;
  endMs: number;
}

/** Where the first sound of a clip begins and its last one ends; by energy alone, so that no recogniser's own idea counts. */
export function voicedEdges(pcm: Int16Array, sampleRate: number): Readonly<Stretch> {
  const levels = frameLevels(pcm, (sampleRate * FRAME_MS) / 1000);
  const loud = levels.toSorted((a, b) => a - b)[Math.floor(LOUD_QUANTILE * (levels.length - 1))] ?? 0;
  const sounds = runs(levels.map((level) => level >= loud - BELOW_LOUD_DB));
  const stretches = joined(sounds.filter((sound) => length(sound) >= SHORTEST_SOUND_MS));
  const speech = stretches.filter((stretch) => length(stretch) >= SHORTEST_STRETCH_MS);
  return { startMs: speech[0]?.startMs ?? 0, endMs: speech.at(-1)?.endMs ?? levels.length * FRAME_MS };
}

/** RMS against full scale, dB; -127 for silence. */
export function levelDbfs(samples: Int16Array): number {
  let power = 0;
  for (const sample of samples) power += (sample / 32_768) ** 2;
  return Math.max(-127, 10 * Math.log10(power / samples.length || 1e-13));
}

function frameLevels(pcm: Int16Array, frameSamples: number): number[] {
  const frames = Math.floor(pcm.length / frameSamples);
  return Array.from({ length: frames }, (_, frame) =>
    levelDbfs(pcm.subarray(frame * frameSamples, (frame + 1) * frameSamples)),
  );
}

function runs(isVoiced: readonly boolean[]): Stretch[] {
  const found: Stretch[] = [];
  for (const [frame, voiced] of isVoiced.entries()) {
    if (!voiced) continue;
    const startMs = frame * FRAME_MS;
    const last = found.at(-1);
    if (last?.endMs === startMs) last.endMs += FRAME_MS;
    else found.push({ startMs, endMs: startMs + FRAME_MS });
  }
  return found;
}

function joined(sounds: readonly Stretch[]): Stretch[] {
  const found: Stretch[] = [];
  for (const { startMs, endMs } of sounds) {
    const last = found.at(-1);
    if (last !== undefined && startMs - last.endMs <= PAUSE_MS) last.endMs = endMs;
    else found.push({ startMs, endMs });
  }
  return found;
}

const length = ({ startMs, endMs }: Stretch) => endMs - startMs;
