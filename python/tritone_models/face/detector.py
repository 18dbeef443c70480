"""Where faces are in a picture, however many and however small."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from tritone_models.face.networks import Network, Picture, sigmoid

LEAST_SCORE = 0.5
SAME_FACE_OVERLAP = 0.3
TILE_OVERLAP = 0.5
MOST_TILES = 48
WIDE_RATIO = 1.25
NEAR_GRIDS = ((16, 2), (8, 6))
"""Cells a side and anchors a cell of MediaPipe's short-range network."""
FAR_GRIDS = ((48, 1),)
"""The same of its full-range network."""


@dataclass(frozen=True)
class FoundFace:
    """`box`: left, top, right, bottom; `points`: FP32[6, 2], the eyes (the left one in the picture
    first, where the head is upright), nose, mouth, ears. All in pixels."""

    box: tuple[float, float, float, float]
    points: NDArray[np.float32]
    score: float

    @property
    def area(self) -> float:
        left, top, right, bottom = self.box
        return max(0.0, right - left) * max(0.0, bottom - top)

    def is_same_as(self, other: "FoundFace") -> bool:
        """They overlap, or one lies in the other."""
        left, top = np.maximum(self.box[:2], other.box[:2])
        right, bottom = np.minimum(self.box[2:], other.box[2:])
        shared = max(0.0, right - left) * max(0.0, bottom - top)
        return shared > SAME_FACE_OVERLAP * min(self.area, other.area)


class FaceDetector:
    """BlazeFace (arXiv:1907.05047), for near and for far faces, over the whole and over tiles."""

    def __init__(self, folder: Path) -> None:
        self._near = _SingleShot(Network(folder / "near_detector.tflite"), NEAR_GRIDS)
        self._far = _SingleShot(Network(folder / "far_detector.tflite"), FAR_GRIDS)

    def find(self, picture: Picture) -> list[FoundFace]:
        """Every face once, the surest first."""
        height, width = picture.shape[:2]
        found = self._near.find(picture, 0, 0) + self._far.find(picture, 0, 0)
        for left, top, side in tiles(width, height):
            tile = picture[top : top + side, left : left + side]
            found += self._near.find(tile, left, top) + self._far.find(tile, left, top)
        return without_doubles(found)


class _SingleShot:
    def __init__(self, network: Network, grids: tuple[tuple[int, int], ...]) -> None:
        self._network = network
        self._anchors = anchors(grids)

    def find(self, picture: Picture, left: int, top: int) -> list[FoundFace]:
        """Faces in a piece of a picture that begins at `left`, `top`."""
        side = self._network.side
        height, width = picture.shape[:2]
        longest = max(height, width)
        scaled = (max(1, round(width * side / longest)), max(1, round(height * side / longest)))
        pixels = np.zeros((side, side, 3), np.float32)
        at_x, at_y = (side - scaled[0]) // 2, (side - scaled[1]) // 2
        small = cv2.resize(picture, scaled, interpolation=cv2.INTER_AREA)
        pixels[at_y : at_y + scaled[1], at_x : at_x + scaled[0]] = small / 127.5 - 1
        logits, raw = self._network.run(pixels)
        scores = sigmoid(logits)
        likely = np.flatnonzero(scores >= LEAST_SCORE)
        values = raw.reshape(len(scores), 8, 2)[likely] / side
        values[:, 0] += self._anchors[likely]
        values[:, 2:] += self._anchors[likely][:, None]
        # Back from the letterbox to the pixels of the whole picture.
        values *= longest
        offset = np.array([left, top]) - np.array([at_x, at_y]) * longest / side
        faces = []
        for (centre, size, *points), score in zip(values, scores[likely], strict=True):
            begin, end = centre - size / 2 + offset, centre + size / 2 + offset
            box = (float(begin[0]), float(begin[1]), float(end[0]), float(end[1]))
            faces.append(
                FoundFace(box, (np.array(points) + offset).astype(np.float32), float(score))
            )
        return without_doubles(faces)


def anchors(grids: tuple[tuple[int, int], ...]) -> NDArray[np.float32]:
    """FP32[n, 2]: the centres that a network's boxes are told from, 0 to 1."""
    found = []
    for side, per_cell in grids:
        y, x = np.mgrid[0:side, 0:side]
        centres = np.stack([x, y], axis=-1).reshape(-1, 2)
        found.append(np.repeat((centres + 0.5) / side, per_cell, axis=0))
    return np.concatenate(found).astype(np.float32)


def tiles(width: int, height: int) -> list[tuple[int, int, int]]:
    """Squares (left, top, side) that overlap by half.

    Squares along a wide or tall picture, whose faces the letterbox makes small; then those of half
    the side.
    """
    shorter = min(width, height)
    sides = [shorter] if max(width, height) > WIDE_RATIO * shorter else []
    sides.append((shorter + 1) // 2)
    found: list[tuple[int, int, int]] = []
    for side in sides:
        columns, rows = _steps(width, side), _steps(height, side)
        found += [(left, top, side) for top in rows for left in columns]
    return found[:MOST_TILES]


def _steps(length: int, side: int) -> list[int]:
    count = max(1, int(np.ceil((length - side) / (side * (1 - TILE_OVERLAP)))) + 1)
    return [round(at) for at in np.linspace(0, length - side, count)]


def without_doubles(faces: list[FoundFace]) -> list[FoundFace]:
    """Of those that show one face, the surest."""
    kept: list[FoundFace] = []
    for face in sorted(faces, key=lambda each: -each.score):
        if not any(face.is_same_as(other) for other in kept):
            kept.append(face)
    return kept
