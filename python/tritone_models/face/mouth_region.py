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
COARSER = 4
"""Light is compared in cells of so many pixels: pores and noise do not count."""
LEAST_SKIN = 12
"""Cells."""
GAINS = (0.6, 1.6)


@dataclass(frozen=True)
class MouthRegion:
    """`left`, `top`: of the patch in the head's coordinates. `closed`: UINT8[h, w, 3], at rest.
    `alpha`: FP32[h, w], 0 at the border, 1 where the face moves. `skin_edge`: FP32[h, w], 1 on the
    face where the patch ends."""

    left: int
    top: int
    closed: Picture
    alpha: NDArray[np.float32]
    skin_edge: NDArray[np.float32]

    @classmethod
    def of(cls, head: ClosedHead) -> "MouthRegion":
        left, top, right, bottom = _box(head.points, head.picture.shape)
        alpha = _feathered(head.points, (left, top, right, bottom))
        closed = np.ascontiguousarray(head.picture[top:bottom, left:right])
        face = np.zeros(alpha.shape, np.uint8)
        oval = np.round(head.points[list(OVAL), :2] - [left, top]).astype(np.int32)
        cv2.fillPoly(face, [oval], 1)
        inner = cv2.erode(face, np.ones((5, 5), np.uint8))
        edge = ((alpha < 0.7) & (inner > 0)).astype(np.float32)
        return cls(left, top, closed, alpha, edge)

    @property
    def to_head(self) -> NDArray[np.float32]:
        """FP32[2, 3], from the patch's pixels."""
        return np.array([[1, 0, self.left], [0, 1, self.top]], np.float32)

    def light_of(self, crop: Picture) -> NDArray[np.float32]:
        """FP32[3, 3]: how another crop of this head is lit, against `closed`.

        A gain per channel that changes linearly over the patch, (at its middle, to the right,
        down), sought on the skin where the patch ends.
        """
        height, width = self.alpha.shape
        piece = crop[self.top : self.top + height, self.left : self.left + width]
        small = (max(1, width // COARSER), max(1, height // COARSER))
        there, here = (
            cv2.resize(each, small, interpolation=cv2.INTER_AREA).astype(np.float32) + 1
            for each in (piece, self.closed)
        )
        skin = cv2.resize(self.skin_edge, small, interpolation=cv2.INTER_AREA)
        rows, columns = np.nonzero(skin > 0.5)
        light = np.array([[1, 0, 0]] * 3, np.float32)
        if len(rows) < LEAST_SKIN:
            return light
        x, y = (columns + 0.5) / small[0] - 0.5, (rows + 0.5) / small[1] - 0.5
        terms = np.column_stack([np.ones(len(x)), x, y])
        ratios = np.clip(there[rows, columns] / here[rows, columns], *GAINS)
        return np.linalg.lstsq(terms, ratios, rcond=None)[0].T.astype(np.float32)

    def lit(self, colours: Picture, light: NDArray[np.float32]) -> Picture:
        """A patch of this region in the light that `light_of` found."""
        height, width = colours.shape[:2]
        corners = np.array([[[-0.5, -0.5], [0.5, -0.5]], [[-0.5, 0.5], [0.5, 0.5]]], np.float32)
        gains = np.clip(light[:, 0] + corners @ light[:, 1:].T, *GAINS)
        field = cv2.resize(gains, (width, height), interpolation=cv2.INTER_LINEAR)
        return cv2.multiply(colours, field, dtype=cv2.CV_8U)

    def laid_over(
        self, frame: Picture, transform: NDArray[np.float32], light: NDArray[np.float32]
    ) -> Picture:
        """The closed mouth on a frame; `transform` from the head's coordinates to its pixels."""
        placed = transform @ np.vstack([self.to_head, [0, 0, 1]])
        placed[:, 2] += placed[:, :2] @ [0.5, 0.5] - 0.5
        size = (frame.shape[1], frame.shape[0])
        colours = cv2.warpAffine(self.lit(self.closed, light), placed, size, flags=cv2.INTER_CUBIC)
        alpha = cv2.warpAffine(self.alpha, placed, size)
        mixed = frame + (colours.astype(np.float32) - frame) * alpha[..., None]
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
