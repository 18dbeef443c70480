export type SoundFormat = 'wav' | 'ogg' | 'webm' | 'mp3';

/** As many bytes as telling needs: two MP3 frames. */
export const SNIFF_BYTES = 4096;

/** What a file is by its first bytes; its name and its sender's word do not count. */
export function sniffSound(start: Uint8Array): SoundFormat | undefined {
  const text = Buffer.from(start.buffer, start.byteOffset, Math.min(start.length, 12)).toString('latin1');
  if ((text.startsWith('RIFF') || text.startsWith('RF64')) && text.endsWith('WAVE')) return 'wav';
  if (text.startsWith('OggS')) return 'ogg';
  if (text.startsWith('\x1a\x45\xdf\xa3')) return 'webm';
  if (text.startsWith('ID3') || startsWithTwoMp3Frames(start)) return 'mp3';
  return undefined;
}

/** A frame's header alone is eleven set bits: by itself it would make an MP3 of a twentieth of a percent of all noise. */
function startsWithTwoMp3Frames(start: Uint8Array): boolean {
  const length = mp3FrameBytes(start, 0);
  return length !== undefined && mp3FrameBytes(start, length) !== undefined;
}

const MPEG1_KBPS = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const MPEG2_KBPS = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const MPEG1_RATES = [44_100, 48_000, 32_000];

/** Length of the layer III frame at `at`, ISO/IEC 11172-3 §2.4.1; undefined where there is none. */
function mp3FrameBytes(bytes: Uint8Array, at: number): number | undefined {
  const [sync = 0, second = 0, third = 0] = bytes.subarray(at, at + 3);
  if (sync !== 0xff || (second & 0xe6) !== 0xe2) return undefined; // sync and layer III
  const version = (second >> 3) & 3; // 3: MPEG 1, 2: MPEG 2, 0: MPEG 2.5
  const kbps = (version === 3 ? MPEG1_KBPS : MPEG2_KBPS)[third >> 4];
  const mpeg1Rate = MPEG1_RATES[(third >> 2) & 3];
  if (version === 1 || kbps === undefined || kbps === 0 || mpeg1Rate === undefined) return undefined;
  const rate = version === 3 ? mpeg1Rate : version === 2 ? mpeg1Rate / 2 : mpeg1Rate / 4;
  const padding = (third >> 1) & 1;
  return Math.floor(((version === 3 ? 144_000 : 72_000) * kbps) / rate) + padding;
}
