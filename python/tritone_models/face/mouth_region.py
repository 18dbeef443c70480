"""The lower face as a patch: what of it a lip-sync model redraws, and how softly it ends."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tritone_models.face.closed_mouth import ClosedHead
from tritone_models.face.landmarks import (
    CHIN,
    LEFT_CORNER,
    NOSE_BASE,
    OVAL,
    RIGHT_CORNER,
    Points,
    mouth_width,
)
from tritone_models.face.networks import Picture

SIDE_WIDTHS = 0.6
"""Beyond the corners, of the mouth's width: the patch ends on the cheeks."""
BELOW_WIDTHS = 0.42
"""Below the chin: it comes down when the mouth opens."""
FEATHER_WIDTHS = 0.12


@dataclass(frozen=True)
class MouthRegion:
    """`left`, `top`: of the patch in the head's coordinates. `closed`: UINT8[h, w, 3], at rest.
    `alpha`: FP32[h, w], 0 at the border, 1 where the face moves."""

    left: int
    top: int
    closed: Picture
    alpha: NDArray[np.float32]

    @classmethod
    def of(cls, head: ClosedHead) -> "MouthRegion":
        left, top, right, bottom = _box(head.points, head.picture.shape)
        alpha = _feathered(head.points, (left, top, right, bottom))
        return cls(left, top, np.ascontiguousarray(head.picture[top:bottom, left:right]), alpha)

    @property
    def to_head(self) -> NDArray[np.float32]:
        """FP32[2, 3], from the patch's pixels."""
        return np.array([[1, 0, self.left], [0, 1, self.top]], np.float32)

    def laid_over(
        self, frame: Picture, transform: NDArray[np.float32], share: float = 1
    ) -> Picture:
        """The closed mouth on a frame; `transform` from the head's coordinates to its pixels."""
        placed = transform @ np.vstack([self.to_head, [0, 0, 1]])
        placed[:, 2] += placed[:, :2] @ [0.5, 0.5] - 0.5
        size = (frame.shape[1], frame.shape[0])
        colours = cv2.warpAffine(self.closed, placed, size, flags=cv2.INTER_CUBIC)
        alpha = cv2.warpAffine(self.alpha, placed, size) * share
        ring = (alpha > 0.02) & (alpha < 0.5)
        gain = np.ones(3)
        if ring.sum() > 50:  # the light on the face changes as the head moves
            gain = frame[ring].mean(axis=0) / np.maximum(colours[ring].mean(axis=0), 1)
            gain = np.clip(gain, 0.8, 1.25)
        mixed = frame + (colours * gain - frame) * alpha[..., None]
        return cv2.convertScaleAbs(mixed)


def _box(points: Points, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """Even sizes: they are easily halved."""
    width = mouth_width(points)
    corners = points[[LEFT_CORNER, RIGHT_CORNER], 0]
    left = max(0, int(corners.min() - SIDE_WIDTHS * width))
    right = min(shape[1], int(np.ceil(corners.max() + SIDE_WIDTHS * width)))
    top = max(0, int(points[NOSE_BASE, 1] - 0.1 * width))
    bottom = min(shape[0], int(np.ceil(points[CHIN, 1] + BELOW_WIDTHS * width)))
    return left, top, right - (right - left) % 2, bottom - (bottom - top) % 2


def _feathered(points: Points, box: tuple[int, int, int, int]) -> NDArray[np.float32]:
    """Full over the face and what its chin comes to cover; soft towards the border."""
    left, top, right, bottom = box
    width = mouth_width(points)
    margin = FEATHER_WIDTHS * width
    mask = np.zeros((bottom - top, right - left), np.uint8)
    inner = round(margin * 0.95)
    oval = points[list(OVAL), :2] - [left, top]
    cv2.fillPoly(mask, [np.round(oval).astype(np.int32)], 255)
    grown = 2 * round(0.3 * width) + 1
    mask = cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (grown, grown)))
    mask[:inner] = mask[-inner:] = 0
    mask[:, :inner] = mask[:, -inner:] = 0
    radius = 2 * round(margin * 0.8) + 1
    rounded = cv2.morphologyEx(mask, cv2.MORPH_OPEN, cv2.getStructuringElement(
        cv2.MORPH_ELLIPSE, (3 * radius, 3 * radius)))  # fmt: skip
    soft = cv2.GaussianBlur(rounded, (0, 0), margin * 0.38).astype(np.float32) / 255
    y, x = np.mgrid[0 : mask.shape[0], 0 : mask.shape[1]]
    to_border = np.minimum.reduce([x, y, mask.shape[1] - 1 - x, mask.shape[0] - 1 - y])
    return (soft * np.clip(to_border / 3, 0, 1)).astype(np.float32)
