import { open } from 'node:fs/promises';

const SNIFF_BYTES = 12;
const EBML = Buffer.from([0x1a, 0x45, 0xdf, 0xa3]);

/** FFmpeg's names of the containers that are read. */
export type VideoFormat = 'mov' | 'matroska';

/** MP4 and QuickTime by their first box (ISO/IEC 14496-12), WebM by its EBML header (RFC 8794). */
export async function sniffVideo(path: string): Promise<VideoFormat | undefined> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(SNIFF_BYTES), 0, SNIFF_BYTES, 0);
  const start = buffer.subarray(0, bytesRead);
  if (start.subarray(0, EBML.length).equals(EBML)) return 'matroska';
  return start.toString('latin1', 4, 8) === 'ftyp' ? 'mov' : undefined;
}
