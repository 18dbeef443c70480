/** What `playoutSkewMs` needs of a receiving track. */
export interface PlayingTrack {
  getStats(): Promise<RTCStatsReport>;
}

/**
 * How much later the picture plays than its sound, ms; negative where it leads. Undefined until the browser has mapped
 * both to the sender's clock, which takes two sender reports.
 * @see W3C webrtc-stats, RTCInboundRtpStreamStats.estimatedPlayoutTimestamp: the sender's NTP time of what plays now
 */
export async function playoutSkewMs(audio: PlayingTrack, video: PlayingTrack): Promise<number | undefined> {
  const [heard, seen] = await Promise.all([playing(audio), playing(video)]);
  if (heard === undefined || seen === undefined) return undefined;
  // The two reports were made at slightly different times; each plays on meanwhile.
  return heard.playsMs - seen.playsMs - (heard.atMs - seen.atMs);
}

async function playing(track: PlayingTrack): Promise<{ atMs: number; playsMs: number } | undefined> {
  const report = await track.getStats();
  for (const stats of report.values() as Iterable<Record<string, unknown>>) {
    const { type, timestamp, estimatedPlayoutTimestamp } = stats;
    if (type !== 'inbound-rtp' || typeof timestamp !== 'number') continue;
    if (typeof estimatedPlayoutTimestamp === 'number' && estimatedPlayoutTimestamp > 0) {
      return { atMs: timestamp, playsMs: estimatedPlayoutTimestamp };
    }
  }
  return undefined;
}
