/** A process of its own that speaks the same clip to many ports, each speaker at another place of it. Started by bench/taps.ts. */
import { createSocket } from 'node:dgram';
import { encodeOpus, type OpusOptions } from '../../test/fixtures/opusPackets.ts';
import { writeRtp } from '../../test/fixtures/rtpWriter.ts';
import { readWav } from '../../test/fixtures/wav.ts';

export interface SpeakersOrder {
  readonly wav: string;
  readonly speakers: readonly { readonly port: number; readonly ssrc: number }[];
  readonly payloadType: number;
  readonly seconds: number;
  readonly opus: OpusOptions;
}

const FRAME_MS = 20;
const wallMs = () => performance.timeOrigin + performance.now();

process.once('message', (order: SpeakersOrder) => void speak(order));

async function speak({ wav, speakers, payloadType, seconds, opus }: SpeakersOrder): Promise<void> {
  const packets = encodeOpus(await readWav(wav), opus).map(({ payload }) => payload);
  const socket = createSocket('udp4');
  const startMs = wallMs() + 100;
  process.send?.({ startMs });
  const last = (seconds * 1000) / FRAME_MS;
  let next = 0;
  const sendDue = () => {
    for (; next < last && wallMs() >= startMs + (next + 1) * FRAME_MS; next += 1) {
      for (const [index, { port, ssrc }] of speakers.entries()) {
        const payload = packets[(next + index * 37) % packets.length];
        if (payload === undefined) continue;
        const fields = { payloadType, sequence: next, timestamp: next * FRAME_MS * 48, ssrc, payload };
        socket.send(writeRtp(fields), port, '127.0.0.1');
      }
    }
    if (next < last) setTimeout(sendDue, Math.max(0, startMs + (next + 1) * FRAME_MS - wallMs()));
    else setTimeout(() => process.exit(0), 300);
  };
  sendDue();
}
