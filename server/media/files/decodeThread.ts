import { parentPort } from 'node:worker_threads';
import { decodeSound } from './decodeSound.ts';
import type { Answer, Supply } from './threadMessages.ts';

/** Pieces on their way that nobody has read yet. */
const MAX_AHEAD = 3;
/** Half a second: messages are dearer than samples. */
const PIECE_SAMPLES = 8000;

if (parentPort === null) throw new Error('this runs as a worker thread');
const port = parentPort;
const supplies: Exclude<Supply, { type: 'read' }>[] = [];
let ahead = 0;
/** WebM reads on while sound waits to leave: bytes and room are waited for at once. */
const waiting: (() => void)[] = [];

port.on('message', (message: Supply) => {
  if (message.type === 'read') ahead -= 1;
  else supplies.push(message);
  for (const look of waiting.splice(0)) look();
});

const answer = (message: Answer, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);

async function until(ready: () => boolean): Promise<void> {
  while (!ready()) {
    await new Promise<void>((resolve) => waiting.push(resolve));
  }
}

async function* bytesOfFile(): AsyncGenerator<Uint8Array, void, void> {
  while (true) {
    answer({ type: 'wants' });
    await until(() => supplies.length > 0);
    const supply = supplies.shift();
    if (supply?.type !== 'bytes') return;
    yield supply.bytes;
  }
}

async function send(pcm: Int16Array<ArrayBuffer>): Promise<void> {
  await until(() => ahead < MAX_AHEAD);
  ahead += 1;
  answer({ type: 'sound', pcm }, [pcm.buffer]);
}

async function decode(): Promise<void> {
  let piece = new Int16Array(PIECE_SAMPLES);
  let filled = 0;
  try {
    for await (const samples of decodeSound(bytesOfFile())) {
      for (let at = 0; at < samples.length; ) {
        const part = samples.subarray(at, at + PIECE_SAMPLES - filled);
        piece.set(part, filled);
        filled += part.length;
        at += part.length;
        if (filled < PIECE_SAMPLES) continue;
        await send(piece);
        piece = new Int16Array(PIECE_SAMPLES);
        filled = 0;
      }
    }
    if (filled > 0) await send(piece.slice(0, filled));
    answer({ type: 'done' });
  } catch (cause) {
    if (filled > 0) await send(piece.slice(0, filled));
    answer({ type: 'done', problem: String(cause) });
  }
}

await decode();
port.close();
