"""A head whose lips are closed, whatever the picture shows: the rest that speech begins from."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tritone_models.face.landmarks import (
    CHEEKS,
    CHIN,
    JAW,
    LEFT_CORNER,
    LOWER_INNER,
    LOWER_OUTER,
    RIGHT_CORNER,
    UPPER_INNER,
    UPPER_OUTER,
    Points,
    mouth_opening,
    mouth_width,
)
from tritone_models.face.networks import Picture
from tritone_models.face.spline import SplineGrid

CLOSED_BELOW = 0.035
"""Share of the mouth's width between the lips that is no opening, only the mesh's error."""
UPPER_SHARE = 0.45
"""How much of the way the upper lip comes down; the lower one comes up for the rest."""
UPPER_OUTER_FOLLOWS = 0.62
LOWER_OUTER_FOLLOWS = 0.78
JAW_FOLLOWS = 0.35
LIP_BITE = 0.02
"""Share of the mouth's width by which a lip's edge is sought in the lip, away from the teeth."""
SEAM_REACH = 0.07
"""Share of the mouth's width by which the mesh may miss the line between closed lips."""
STEP = 4


@dataclass(frozen=True)
class ClosedHead:
    """`picture` in the head's own coordinates, `points` FP32[468, 3] of it, the inner lips' pairs
    in one place."""

    picture: Picture
    points: Points


def close_mouth(picture: Picture, points: Points) -> ClosedHead:
    """Brings the lips together; a mouth that is closed stays as it is."""
    closed = _closed_points(points)
    if mouth_opening(points) < CLOSED_BELOW:
        return ClosedHead(picture, _on_seam(picture, closed))
    left, top, right, bottom = _region(points, picture)
    piece = picture[top:bottom, left:right]
    origin = np.array([left, top], np.float64)
    layers = [
        _layer(piece, origin, points, closed, UPPER_INNER, UPPER_OUTER, 1),
        _layer(piece, origin, points, closed, LOWER_INNER, LOWER_OUTER, -1),
    ]
    line = closed[list(UPPER_INNER), :2] - origin
    share = _below(line, piece.shape[:2], mouth_width(points))[..., None]
    mixed = layers[0] * (1 - share) + layers[1] * share
    _darken_contact(mixed, line, mouth_width(points))
    result = picture.copy()
    edge = _edge(piece.shape[:2])[..., None]
    result[top:bottom, left:right] = np.round(mixed * edge + piece * (1 - edge)).astype(np.uint8)
    return ClosedHead(result, closed)


def _closed_points(points: Points) -> Points:
    """The inner lips meet; outer lips and chin come along where there was a gap to close."""
    closed = points.copy()
    upper, lower = list(UPPER_INNER), list(LOWER_INNER)
    gap = points[lower] - points[upper]
    closed[upper] = closed[lower] = points[upper] + gap * UPPER_SHARE
    if mouth_opening(points) < CLOSED_BELOW:
        return closed
    closed[list(UPPER_OUTER)[1:-1]] += gap[1:-1] * UPPER_SHARE * UPPER_OUTER_FOLLOWS
    closed[list(LOWER_OUTER)[1:-1]] -= gap[1:-1] * (1 - UPPER_SHARE) * LOWER_OUTER_FOLLOWS
    middle = gap[len(gap) // 2] * (1 - UPPER_SHARE) * JAW_FOLLOWS
    for at, index in enumerate(JAW):
        closed[index] -= middle * (1 - abs(at / (len(JAW) - 1) * 2 - 1))
    return closed


def _on_seam(picture: Picture, closed: Points) -> Points:
    """Where closed lips meet is the darkest line near where the mesh believes it."""
    width = mouth_width(closed)
    across = closed[RIGHT_CORNER, :2] - closed[LEFT_CORNER, :2]
    across = across / np.linalg.norm(across)
    down = np.array([-across[1], across[0]])
    offsets = np.linspace(-SEAM_REACH, SEAM_REACH, 29) * width
    sides = np.linspace(-0.025, 0.025, 5) * width
    inner = list(UPPER_INNER)[1:-1]
    places = (
        closed[inner, None, None, :2]
        + offsets[:, None, None] * down
        + sides[:, None] * across
        - 0.5
    ).astype(np.float32)
    grey = cv2.GaussianBlur(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), (0, 0), 0.008 * width + 0.3)
    flat = places.reshape(len(inner), -1, 2)
    light = cv2.remap(grey, flat[..., 0], flat[..., 1], cv2.INTER_LINEAR)
    light = light.reshape(len(inner), len(offsets), len(sides)).mean(axis=2)
    # A seam is looked for nearby first: farther off it must be darker.
    far = (offsets / (SEAM_REACH * width)) ** 2
    spread = np.ptp(light, axis=1, keepdims=True)
    best = offsets[np.argmin(light + 0.35 * spread * far, axis=1)]
    smooth = np.convolve(np.pad(best, 2, mode="edge"), np.array([1, 2, 3, 2, 1]) / 9, "valid")
    found = closed.copy()
    for indices in (inner, list(LOWER_INNER)[1:-1]):
        found[indices, :2] += (smooth[:, None] * down).astype(np.float32)
    return found


def _region(points: Points, picture: Picture) -> tuple[int, int, int, int]:
    width = mouth_width(points)
    centre = (points[LEFT_CORNER, :2] + points[RIGHT_CORNER, :2]) / 2
    low = np.floor(centre - [0.95 * width, 0.7 * width]).astype(int)
    high = np.ceil([centre[0] + 0.95 * width, points[CHIN, 1] + 0.3 * width]).astype(int)
    left, top = np.maximum(low, 0)
    height, across = picture.shape[:2]
    return int(left), int(top), int(min(high[0], across)), int(min(high[1], height))


def _layer(
    piece: Picture,
    origin: NDArray[np.float64],
    points: Points,
    closed: Points,
    inner: tuple[int, ...],
    outer: tuple[int, ...],
    side: int,
) -> NDArray[np.float32]:
    """The face as one lip pulls it; the other lip's side of it is of no use."""
    height, width = piece.shape[:2]
    used = [*inner, *outer[1:-1]] + list(CHEEKS) + (list(JAW) if side < 0 else [2, 98, 327])
    goals = closed[used, :2].astype(np.float64)
    sources = points[used, :2].astype(np.float64)
    # The middle of a lip's edge is taken a little inside the lip.
    bite = np.sin(np.linspace(0, np.pi, len(inner))) * LIP_BITE * mouth_width(points)
    sources[: len(inner), 1] -= side * bite
    border = _border(width, height)
    grid = SplineGrid(width, height, STEP)
    field = grid.field(
        np.vstack([goals - origin, border]), np.vstack([sources - goals, np.zeros_like(border)])
    )
    return warp(piece, field, STEP).astype(np.float32)


def warp(piece: Picture, field: NDArray[np.float32], step: int) -> Picture:
    """`field`: FP32[rows, columns, 2], where each pixel comes from, relative to itself."""
    height, width = piece.shape[:2]
    rows, columns = field.shape[:2]
    # Grid point k lies at k * step: resizing about pixels' centres, then cutting half a step.
    large = cv2.resize(field, (columns * step, rows * step), interpolation=cv2.INTER_LINEAR)
    half = step // 2
    large = large[half : half + height, half : half + width]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    return cv2.remap(
        piece,
        x + large[..., 0],
        y + large[..., 1],
        cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )


def _border(width: int, height: int) -> NDArray[np.float64]:
    across, down = np.linspace(0, width - 1, 7), np.linspace(0, height - 1, 7)
    return np.array(
        [(x, y) for x in across for y in (0, height - 1)]
        + [(x, y) for y in down[1:-1] for x in (0, width - 1)],
        np.float64,
    )


def _below(line: NDArray[np.float64], shape: tuple[int, ...], width: float) -> NDArray[np.float32]:
    """FP32[h, w]: 1 under the line between the lips, which runs on straight beyond the corners."""
    height, across = shape
    outline = np.vstack([[-2, line[0, 1]], line, [across + 2, line[-1, 1]],
                         [across + 2, height + 2], [-2, height + 2]])  # fmt: skip
    mask = np.zeros((height, across), np.uint8)
    cv2.fillPoly(mask, [np.round(outline * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return cv2.GaussianBlur(mask, (0, 0), max(0.5, width * 0.008)).astype(np.float32) / 255


def _darken_contact(pixels: NDArray[np.float32], line: NDArray[np.float64], width: float) -> None:
    """Where lips meet there is a shadow."""
    mask = np.zeros(pixels.shape[:2], np.uint8)
    fixed = np.round(line[1:-1] * 16).astype(np.int32)
    cv2.polylines(mask, [fixed], False, 255, max(1, round(width * 0.022)), cv2.LINE_AA, 4)
    shadow = cv2.GaussianBlur(mask, (0, 0), max(0.6, width * 0.014)).astype(np.float32) / 255
    pixels *= 1 - 0.62 * shadow[..., None] * np.array([0.85, 1, 1], np.float32)


def _edge(shape: tuple[int, ...]) -> NDArray[np.float32]:
    """1 inside, 0 at the region's border."""
    inside = np.zeros(shape, np.float32)
    inside[6:-6, 6:-6] = 1
    return cv2.GaussianBlur(inside, (0, 0), 3)
