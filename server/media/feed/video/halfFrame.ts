/**
 * A square I420 frame at half its edge: each sample is the rounded mean of four (a box filter, which for a factor of two
 * is exact in area and does not ring).
 * @param size edge of `frame`, a multiple of 4
 */
export function halveFrame(frame: Uint8Array, size: number, half: Uint8Array): void {
  const chromaFrom = size * size;
  const chromaTo = chromaFrom / 4;
  halvePlane(frame, 0, size, half, 0);
  halvePlane(frame, chromaFrom, size / 2, half, chromaTo);
  halvePlane(frame, chromaFrom + chromaFrom / 4, size / 2, half, chromaTo + chromaTo / 4);
}

function halvePlane(plane: Uint8Array, start: number, edge: number, half: Uint8Array, halfStart: number): void {
  let to = halfStart;
  for (let y = 0; y < edge; y += 2) {
    let at = start + y * edge;
    for (const end = at + edge; at < end; at += 2) {
      const below = at + edge;
      half[to++] = ((plane[at] ?? 0) + (plane[at + 1] ?? 0) + (plane[below] ?? 0) + (plane[below + 1] ?? 0) + 2) >> 2;
    }
  }
}
