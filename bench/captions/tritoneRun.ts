import { encodeOpus } from '../audio/opusFrames.ts';
import { pauseOf, type Timeline } from '../audio/timeline.ts';
import { type SpeakOptions, speakTimelines } from '../run/speakTimelines.ts';
import { LoadWatch, tritoneRole } from '../system/load.ts';
import { growth, histogramQuantile, type Metrics, scrape } from '../system/scrape.ts';
import { RoomSpeaker } from '../tritone/roomSpeaker.ts';
import type { TritoneServer } from '../tritone/server.ts';
import type { MeasuredRun, ServerFigures } from './measured.ts';

const PAUSE_SECONDS = 2;

export interface TritoneRun extends MeasuredRun {
  readonly server: ServerFigures;
}

/** Everyone who speaks joins one room and says a timeline. */
export async function runOnTritone(
  server: TritoneServer,
  timelines: readonly Timeline[],
  options: SpeakOptions,
): Promise<TritoneRun> {
  const room = `bench-${Math.random().toString(36).slice(2)}`;
  const pause = encodeOpus(pauseOf(PAUSE_SECONDS));
  const speakers: RoomSpeaker[] = [];
  try {
    for (const [index, { pcm }] of timelines.entries()) {
      const { url } = server;
      const who = { url, room, name: `Speaker ${index + 1}`, language: options.language };
      speakers.push(await RoomSpeaker.join({ ...who, frames: encodeOpus(pcm), pause }));
    }
    const before = await scrape(server.url);
    using watch = new LoadWatch(server.pid, tritoneRole);
    const run = await speakTimelines(speakers, timelines, options);
    return { run, load: watch.report(), server: figuresOf(before, await scrape(server.url)) };
  } finally {
    for (const speaker of speakers) speaker.close();
  }
}

/** What the server costs while no one is there. */
export async function listenToNobody(server: TritoneServer): Promise<TritoneRun> {
  return runOnTritone(server, [], { language: 'en' });
}

function figuresOf(before: Metrics, after: Metrics): ServerFigures {
  return {
    tapP95Ms: histogramQuantile(before, after, 'tritone_tap_latency_ms', 0.95),
    eventLoopP99Ms: after.get('tritone_event_loop_delay_p99_ms'),
    gapMs: growth(before, after, 'tritone_caption_gap_ms_total'),
    droppedMs: growth(before, after, 'tritone_model_dropped_ms_total'),
  };
}
