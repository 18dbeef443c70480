"""Draws one face's mouth in any shape: its own skin and lips moved, what is inside painted."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tritone_models.face.closed_mouth import close_mouth
from tritone_models.face.landmarks import Points
from tritone_models.face.mouth_inside import MouthInside
from tritone_models.face.mouth_motion import MouthMotion, MovedMouth
from tritone_models.face.mouth_region import MouthRegion
from tritone_models.face.mouth_shape import Shape
from tritone_models.face.networks import Picture
from tritone_models.face.spline import SplineGrid

STEP = 6
"""Pixels between the points at which the field is computed."""
LIPS_TOUCH = 1.2
"""Pixels: lips nearer than this are moved as one, for a field cannot tear there."""


class MouthPainter:
    """Callable from any thread."""

    def __init__(self, picture: Picture, points: Points) -> None:
        head = close_mouth(picture, points)
        region = MouthRegion.of(head)
        self._region = region
        self.to_head = region.to_head
        height, width = region.alpha.shape
        self._closed = region.closed
        self._alpha = np.round(region.alpha * 255).astype(np.uint8)
        self._origin = np.array([region.left, region.top], np.float64)
        self._motion = MouthMotion(head.points)
        self._grid = SplineGrid(width, height, STEP)
        self._border = _border(width, height)
        light = float(cv2.cvtColor(region.closed, cv2.COLOR_RGB2GRAY).mean()) / 255
        self._inside = MouthInside(self._motion, self._origin, light)
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        self._x, self._y = x, y

    def light_of(self, crop: Picture) -> NDArray[np.float32]:
        """For `draw`: how another crop of this head is lit."""
        return self._region.light_of(crop)

    def draw(
        self, mouth: Shape, opacity: float = 1, light: NDArray[np.float32] | None = None
    ) -> NDArray[np.uint8]:
        """UINT8[h, w, 4]."""
        moved = self._motion.moved(mouth)
        height, width = self._alpha.shape
        rgba = np.empty((height, width, 4), np.uint8)
        skin = self._warped(moved)
        self._inside.paint(skin, moved, mouth)
        rgba[..., :3] = skin if light is None else self._region.lit(skin, light)
        rgba[..., 3] = self._alpha if opacity >= 1 else np.round(self._alpha * opacity)
        return rgba

    def _warped(self, moved: MovedMouth) -> Picture:
        if float(np.abs(moved.moved - moved.rest).max()) < 0.05:
            return self._closed.copy()
        centres, values = self._controls(moved)
        field = self._grid.field(centres, values)
        rows, columns = field.shape[:2]
        height, width = self._alpha.shape
        large = cv2.resize(field, (columns * STEP, rows * STEP), interpolation=cv2.INTER_CUBIC)
        half = STEP // 2
        large = large[half : half + height, half : half + width]
        x, y = self._x + large[..., 0], self._y + large[..., 1]
        return cv2.remap(self._closed, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)

    def _controls(self, moved: MovedMouth) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Where the field is known, and where the patch's pixels there come from."""
        upper, lower = self._motion.pairs()
        touching = moved.gaps[1:-1] < LIPS_TOUCH
        centres = moved.moved.copy()
        centres[upper][touching] = (moved.moved[upper] + moved.moved[lower])[touching] / 2
        keep = np.ones(len(centres), bool)
        keep[lower] = ~touching
        size = [self._alpha.shape[1], self._alpha.shape[0]]
        keep &= ((centres > self._origin) & (centres < self._origin + size)).all(axis=1)
        values = moved.rest - centres
        return (
            np.vstack([centres[keep] - self._origin, self._border]),
            np.vstack([values[keep], np.zeros_like(self._border)]),
        )


def _border(width: int, height: int) -> NDArray[np.float64]:
    across, down = np.linspace(0, width - 1, 7), np.linspace(0, height - 1, 7)[1:-1]
    return np.array(
        [(x, y) for x in across for y in (0, height - 1)]
        + [(x, y) for y in down for x in (0, width - 1)],
        np.float64,
    )
