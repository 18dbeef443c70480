import type { Metrics } from '../../streams/metrics.ts';

export type AvatarMetrics = ReturnType<typeof avatarMetrics>;

/** What faces measure. */
export function avatarMetrics(metrics: Metrics) {
  const pictures = (lips: string) =>
    metrics.counter('tritone_avatar_pictures_total', 'Pictures of speaking avatars, by how their lips were', { lips });
  return {
    /** Drawn for the sound that leaves with it. */
    shown: pictures('shown'),
    /** Closed while the voice speaks: the model had not drawn them. */
    closed: pictures('closed'),
    late: metrics.counter('tritone_lip_patches_late_total', 'Patches that came after their sound had left'),
    droppedMs: metrics.counter(
      'tritone_lip_dropped_ms_total',
      'Sound that lips were not drawn for: the model was behind',
    ),
    reopened: metrics.counter(
      'tritone_lip_reopened_total',
      'Lip-sync sequences opened anew in the middle of an utterance',
    ),
    placed: metrics.gauge('tritone_avatars_in_calls', 'Synthetic participants in calls'),
  };
}
