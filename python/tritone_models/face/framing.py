"""Head and shoulders: which square of a picture becomes the avatar's frame."""

from dataclasses import dataclass

import cv2
import numpy as np

from tritone_models.face.landmarks import CHIN, FOREHEAD, Points, face_height
from tritone_models.face.networks import Picture

FACE_SHARE = 0.45
"""Of the frame's height, forehead to chin."""
FACE_CENTRE = 0.47
"""Of the frame's height, from its top."""


@dataclass(frozen=True)
class Framing:
    """A square of the picture, pixels."""

    left: float
    top: float
    side: float
    size: int
    """Pixels a side of the frame made of it."""

    @classmethod
    def around(cls, points: Points, width: int, height: int, size: int) -> "Framing":
        """The face as large as it should be, or larger where the picture shows no more."""
        side = min(face_height(points) / FACE_SHARE, width, height)
        centre = (points[FOREHEAD, :2] + points[CHIN, :2]) / 2
        left = float(np.clip(centre[0] - side / 2, 0, width - side))
        top = float(np.clip(centre[1] - side * FACE_CENTRE, 0, height - side))
        return cls(left, top, side, size)

    def cut(self, picture: Picture) -> Picture:
        """UINT8[size, size, 3]."""
        scale = self.side / self.size
        shrunk = picture
        factor = 1.0
        if scale > 1:
            # Sampling alone would alias: shrink the whole first.
            factor = 1 / scale
            shrunk = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        step = self.side * factor / self.size
        to_picture = np.array(
            [
                [step, 0, self.left * factor + step / 2 - 0.5],
                [0, step, self.top * factor + step / 2 - 0.5],
            ]
        )
        return cv2.warpAffine(
            shrunk,
            to_picture,
            (self.size, self.size),
            flags=cv2.WARP_INVERSE_MAP | cv2.INTER_CUBIC,
            borderMode=cv2.BORDER_REPLICATE,
        )

    def moved(self, points: Points) -> Points:
        """The points in the frame's pixels."""
        scale = self.size / self.side
        found = points * np.float32(scale)
        found[:, :2] -= np.array([self.left, self.top], np.float32) * np.float32(scale)
        return found
