export type ConnectionQuality = 'unknown' | 'good' | 'fair' | 'poor' | 'lost';

/**
 * Of one participant, from the scores of its tracks: 0 (nothing arrives) to 10, as mediasoup counts them.
 * The worst track decides.
 */
export function connectionQuality(scores: readonly number[]): ConnectionQuality {
  if (scores.length === 0) return 'unknown';
  const worst = Math.min(...scores);
  if (worst >= 8) return 'good';
  if (worst >= 5) return 'fair';
  return worst >= 1 ? 'poor' : 'lost';
}
