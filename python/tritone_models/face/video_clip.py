"""The idle clip of a short video: its own frames to and fro, the mouth at rest."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tritone_models.face.landmarks import (
    CHIN,
    LEFT_CORNER,
    RIGHT_CORNER,
    STEADY,
    Points,
    face_height,
    mouth_opening,
    mouth_width,
)
from tritone_models.face.mouth_region import MouthRegion
from tritone_models.face.networks import Picture

HEAD_SIDE = 288
"""Pixels of a head's crop."""
CROP_HEIGHTS = 1.5
"""The crop's side in heights of the face."""
STEADYING_FRAMES = 1.2
"""Sigma of what smooths the head's tracked motion: the mesh trembles."""


@dataclass(frozen=True)
class TrackedHead:
    """`transforms`: FP32[n, 2, 3] from the head's coordinates to each frame of the video.
    `reference`: the frame whose face is the calmest; the head's coordinates are its crop."""

    transforms: NDArray[np.float32]
    reference: int
    frames: tuple[Picture, ...]
    points: tuple[Points, ...]

    def crops(self) -> list[Picture]:
        """Each frame turned and scaled so that the head stands still, HEAD_SIDE square."""
        return [
            cv2.warpAffine(
                frame,
                _for_opencv(transform),
                (HEAD_SIDE, HEAD_SIDE),
                flags=cv2.WARP_INVERSE_MAP | cv2.INTER_CUBIC,
                borderMode=cv2.BORDER_REPLICATE,
            )
            for frame, transform in zip(self.frames, self.transforms, strict=True)
        ]

    def head_points(self) -> NDArray[np.float32]:
        """FP32[n, 468, 3]: each frame's mesh in the head's coordinates."""
        found = []
        for points, transform in zip(self.points, self.transforms, strict=True):
            back = cv2.invertAffineTransform(transform.astype(np.float64))
            scale = float(np.sqrt(abs(np.linalg.det(back[:, :2]))))
            moved = points[:, :2] @ back[:, :2].T + back[:, 2]
            found.append(np.column_stack([moved, points[:, 2] * scale]))
        return np.array(found, np.float32)


def track(frames: Sequence[Picture], points: Sequence[Points]) -> TrackedHead:
    """Where the head is in every frame, from what neither speech nor blinks move."""
    reference = calmest(points)
    base = points[reference]
    height = face_height(base)
    side = CROP_HEIGHTS * height
    centre = base[[10, CHIN], :2].mean(axis=0)
    scale = side / HEAD_SIDE
    to_reference = np.array(
        [[scale, 0, centre[0] - side / 2], [0, scale, centre[1] - side / 2], [0, 0, 1]]
    )
    steady = list(STEADY)
    source = np.column_stack([base[steady, :2], np.ones(len(steady))])
    found = np.array(
        [np.linalg.lstsq(source, each[steady, :2], rcond=None)[0].T for each in points]
    )
    smooth = _smoothed(found.reshape(len(found), 6)).reshape(found.shape)
    transforms = (smooth @ to_reference).astype(np.float32)
    return TrackedHead(transforms, reference, tuple(frames), tuple(points))


def calmest(points: Sequence[Points]) -> int:
    """The frame with the most closed mouth."""
    return int(np.argmin([mouth_opening(each) for each in points]))


def to_and_fro(count: int) -> list[int]:
    """0, 1, …, count - 1, count - 2, …, 1: a loop without a jump."""
    return [*range(count), *range(count - 2, 0, -1)]


def at_rest(
    tracked: TrackedHead, crops: Sequence[Picture], mouth: MouthRegion
) -> Iterator[Picture]:
    """Each frame with the calmest frame's mouth, in its own light: speech begins from there."""
    for frame, crop, transform in zip(tracked.frames, crops, tracked.transforms, strict=True):
        yield mouth.laid_over(frame, transform, mouth.light_of(crop))


def mouth_box(points: Points) -> dict[str, float]:
    """Where the mouth is, pixels."""
    corners = points[[LEFT_CORNER, RIGHT_CORNER], :2]
    width = mouth_width(points)
    x, y = corners.mean(axis=0)
    return {
        "x": round(float(x - width / 2), 1),
        "y": round(float(y - width / 4), 1),
        "width": round(width, 1),
        "height": round(width / 2, 1),
    }


def _for_opencv(transform: NDArray[np.float32]) -> NDArray[np.float64]:
    """The same between pixels' indices, where ours counts their centres as .5."""
    found = transform.astype(np.float64)
    found[:, 2] += found[:, :2] @ [0.5, 0.5] - 0.5
    return found


def _smoothed(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """FP64[n, m] over time."""
    reach = int(3 * STEADYING_FRAMES)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / STEADYING_FRAMES) ** 2)
    kernel /= kernel.sum()
    # Mirrored in value too, so that a steady motion is not held back at its ends.
    begin = 2 * values[:1] - values[reach:0:-1]
    end = 2 * values[-1:] - values[-2 : -reach - 2 : -1]
    longer = np.vstack([begin, values, end])
    return np.stack([np.convolve(column, kernel, "valid") for column in longer.T], axis=1)
