import type { Clip } from '../audio/clips.ts';
import type { Timeline } from '../audio/timeline.ts';
import { WhisperLiveClient } from '../peers/whisperLive/client.ts';
import { WhisperLiveServer } from '../peers/whisperLive/server.ts';
import { speakTimelines } from '../run/speakTimelines.ts';
import { LoadWatch } from '../system/load.ts';
import { type Measured, measured } from './measured.ts';

export const PEER = 'WhisperLive';

export interface PeerOptions {
  readonly weights: string;
  readonly language: string;
  readonly modelEach: boolean;
  readonly threads: number;
  readonly warmUp: Clip;
}

/** A fresh WhisperLive, each timeline said by a client of its own. */
export async function measurePeer(timelines: readonly Timeline[], options: PeerOptions): Promise<Measured> {
  const { language, warmUp, ...rest } = options;
  await using server = await WhisperLiveServer.start({
    ...rest,
    maxClients: timelines.length + 1,
    warmUp: warmUp.pcm,
  });
  const clients: WhisperLiveClient[] = [];
  try {
    for (const [index, { pcm }] of timelines.entries()) {
      clients.push(await WhisperLiveClient.open({ url: server.url, language, uid: `speaker-${index + 1}`, pcm }));
    }
    using watch = new LoadWatch(server.pid, () => 'peer');
    const run = await speakTimelines(clients, timelines, { language });
    return measured(PEER, { run, load: watch.report() });
  } finally {
    for (const client of clients) client.close();
  }
}
