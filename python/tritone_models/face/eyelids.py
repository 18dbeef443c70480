"""Closing the eyes of a picture: the upper lid's skin is drawn down over the eye."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tritone_models.face.landmarks import (
    LEFT_BROW,
    LEFT_LOWER_LID,
    LEFT_UPPER_LID,
    RIGHT_BROW,
    RIGHT_LOWER_LID,
    RIGHT_UPPER_LID,
    Points,
)
from tritone_models.face.networks import Picture

EYES = (
    (LEFT_UPPER_LID, LEFT_LOWER_LID, LEFT_BROW),
    (RIGHT_UPPER_LID, RIGHT_LOWER_LID, RIGHT_BROW),
)
CLEAR_OF_LASHES = 0.4
"""Of the eye's opening: the mesh's line of the lid is that unsure, and above it is skin."""
SHOWN_AT = 3.0
"""The drawn lash is whole once the lid is a third of the way down."""
SMOOTH_SHARE = 0.3
"""Of the eye's opening, by which a lid's skin is blurred."""
LASH_THICKNESS = 0.17
"""Of the eye's opening."""
LASH_OPACITY = 0.9
OVERLAP = 0.14
"""Of the eye's opening, by which the upper lid comes to lie over the lower one's edge."""
MOST_BEND = 0.9
"""How much more the skin stretches at the lid's edge than at the fold; 1 would fold it."""
FINER = 3
"""The edge of a lid is drawn so many times finer."""
FOLD_SHARE = 0.75
"""Of the way up to the brow that skin stretches."""


@dataclass(frozen=True)
class _Eye:
    """One eye in coordinates of its own: along its corners, and down."""

    left: int
    top: int
    right: int
    bottom: int
    along: NDArray[np.float32]
    """FP32[h, w], finer pixels: 0 at the left corner, 1 at the right one."""
    down: NDArray[np.float32]
    """Pixels below the line through the corners."""
    axis: NDArray[np.float64]
    """Unit vector downwards."""
    lash: NDArray[np.float32]
    """FP32[3]: its colour."""
    upper: NDArray[np.float64]
    lower: NDArray[np.float64]
    fold: NDArray[np.float64]
    """FP64[4]: polynomials of `along`."""


class Eyelids:
    def __init__(self, picture: Picture, points: Points) -> None:
        self._picture = picture
        self._eyes = [_measure(picture, points, *eye) for eye in EYES]

    def closed(self, share: float) -> Picture:
        """The picture with lids `share` of the way down."""
        if share <= 0:
            return self._picture
        result = self._picture.copy()
        for eye in self._eyes:
            box = slice(eye.top, eye.bottom), slice(eye.left, eye.right)
            result[box] = self._drawn(eye, share)
        return result

    def _drawn(self, eye: _Eye, share: float) -> Picture:
        upper, lower, fold = (
            _between_corners(line, eye.along) for line in (eye.upper, eye.lower, eye.fold)
        )
        opening = np.maximum(lower - upper, 0)
        # Lashes are as thick near the corners, where the opening ends.
        blunt = np.sqrt(4 * np.clip(eye.along * (1 - eye.along), 0, None)) * float(opening.max())
        edge = upper + (opening + blunt * OVERLAP) * share
        shown = min(1.0, SHOWN_AT * share)
        source_edge = upper - blunt * CLEAR_OF_LASHES * shown
        reach = np.maximum(edge - fold, 1e-3)
        t = np.clip((eye.down - fold) / reach, 0, 1)
        # Near the fold the skin hardly moves, near the edge it is carried along.
        skin = source_edge - fold
        bend = np.clip(reach / np.maximum(skin, 1e-3) - 1, 0, MOST_BEND)
        stretched = fold + skin * t * (1 + bend * (1 - t))
        covered = (eye.down > fold) & (eye.down < edge) & (blunt > 0)
        move = np.where(covered, stretched - eye.down, 0).astype(np.float32)
        height, width = move.shape
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        x = eye.left + (x + 0.5) / FINER - 0.5 + move * np.float32(eye.axis[0])
        y = eye.top + (y + 0.5) / FINER - 0.5 + move * np.float32(eye.axis[1])
        fine = cv2.remap(self._picture, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        # A lid is smooth: what was a crease or a lash above the eye would be a smear on it.
        sigma = SMOOTH_SHARE * float(opening.max()) * FINER
        soft = cv2.GaussianBlur(fine, (0, 0), max(sigma, 0.5)).astype(np.float32)
        lid = (covered * shown * np.clip(2 * t, 0, 1))[..., None]
        fine = fine + (soft - fine) * lid
        drawn = fine + (eye.lash - fine) * self._lash(eye, edge, blunt, shown)[..., None]
        size = (eye.right - eye.left, eye.bottom - eye.top)
        small = cv2.resize(drawn.astype(np.float32), size, interpolation=cv2.INTER_AREA)
        return cv2.convertScaleAbs(small)

    def _lash(
        self,
        eye: _Eye,
        edge: NDArray[np.float32],
        blunt: NDArray[np.float32],
        shown: float,
    ) -> NDArray[np.float32]:
        """FP32[h, w]: a dark line on the lid's edge, thin at the corners."""
        thick = np.maximum(LASH_THICKNESS * blunt, 1e-3)
        distance = np.abs(eye.down - edge + 0.3 * thick)
        inside = np.clip(1.5 - distance / thick, 0, 1) * (blunt > 0)
        return (inside * LASH_OPACITY * shown).astype(np.float32)


def _measure(
    picture: Picture,
    points: Points,
    upper: tuple[int, ...],
    lower: tuple[int, ...],
    brow: tuple[int, ...],
) -> _Eye:
    begin, end = points[upper[0], :2].astype(np.float64), points[upper[-1], :2].astype(np.float64)
    across = end - begin
    length = float(np.linalg.norm(across))
    across /= length
    axis = np.array([-across[1], across[0]])

    def local(indices: tuple[int, ...]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        relative = points[list(indices), :2] - begin
        return relative @ across / length, relative @ axis

    used = [*upper, *lower, *brow]
    low = np.floor(points[used, :2].min(axis=0) - 0.1 * length).astype(int)
    high = np.ceil(points[used, :2].max(axis=0) + 0.1 * length).astype(int)
    left, top = (int(value) for value in np.maximum(low, 0))
    right, bottom = int(min(high[0], picture.shape[1])), int(min(high[1], picture.shape[0]))
    y, x = np.mgrid[0 : (bottom - top) * FINER, 0 : (right - left) * FINER]
    x = left + (x + 0.5) / FINER - begin[0]
    y = top + (y + 0.5) / FINER - begin[1]
    upper_line, lower_line = (_through_corners(*local(lid)) for lid in (upper, lower))
    _, brow_down = local(brow)
    height = float(brow_down.mean())
    fold = _through_corners(np.linspace(0, 1, 9), np.full(9, height * FOLD_SHARE))
    return _Eye(
        left,
        top,
        right,
        bottom,
        ((x * across[0] + y * across[1]) / length).astype(np.float32),
        (x * axis[0] + y * axis[1]).astype(np.float32),
        axis,
        np.percentile(picture[top:bottom, left:right].reshape(-1, 3), 4, axis=0).astype(np.float32),
        upper_line,
        lower_line,
        fold,
    )


def _through_corners(along: NDArray[np.float64], down: NDArray[np.float64]) -> NDArray[np.float64]:
    """FP64[3]: c such that down = x (1 - x) (c0 + c1 x + c2 x^2), least squares."""
    arch = along * (1 - along)
    terms = np.stack([arch, arch * along, arch * along**2], axis=1)
    return np.linalg.lstsq(terms, down, rcond=None)[0]


def _between_corners(line: NDArray[np.float64], along: NDArray[np.float32]) -> NDArray[np.float32]:
    x = np.clip(along, 0, 1)
    return (x * (1 - x) * (line[0] + line[1] * x + line[2] * x * x)).astype(np.float32)
