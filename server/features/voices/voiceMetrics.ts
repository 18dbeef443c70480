import type { Metrics } from '../../streams/metrics.ts';

const FIRST_BUCKETS_MS = [50, 100, 150, 200, 300, 400, 500, 700, 1000, 1500, 2500, 5000, 10_000];

export type VoiceMetrics = ReturnType<typeof voiceMetrics>;

/** What speaking measures. First times are of utterances that had nothing to wait for but their text. */
export function voiceMetrics(metrics: Metrics) {
  const ended = (state: string) =>
    metrics.counter('tritone_utterances_total', 'Utterances of synthetic participants, by how they ended', { state });
  return {
    firstSoundMs: metrics.histogram(
      'tritone_speech_first_sound_ms',
      'From the first text of an utterance to its first sound leaving, ms',
      FIRST_BUCKETS_MS,
    ),
    firstFrameMs: metrics.histogram(
      'tritone_avatar_first_frame_ms',
      'From the first text of an utterance to the first picture of its lips, ms',
      FIRST_BUCKETS_MS,
    ),
    ended: { said: ended('said'), cut: ended('cut'), failed: ended('failed') },
  };
}
