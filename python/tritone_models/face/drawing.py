"""Soft, anti-aliased shapes on a canvas: what an illustration is drawn with."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Points = Sequence[tuple[float, float]] | NDArray[np.float64]
Curve = NDArray[np.float64]
"""FP64[n, 2], units of the canvas."""

UNITS = 1000
"""The canvas is as wide and as high, whatever its pixels."""
FIXED_BITS = 6
STEPS = 14


def rgb(code: str) -> NDArray[np.float32]:
    """ "e0a080" as FP32[3], 0 to 255."""
    return np.array([int(code[at : at + 2], 16) for at in (0, 2, 4)], np.float32)


def curve(points: Points, closed: bool = False) -> Curve:
    """Through all points, without corners: centripetal enough a Catmull-Rom spline."""
    knots = np.asarray(points, np.float64)
    if closed:
        around = np.vstack([knots[-1:], knots, knots[:2]])
    else:
        around = np.vstack([2 * knots[:1] - knots[1:2], knots, 2 * knots[-1:] - knots[-2:-1]])
    t = np.linspace(0, 1, STEPS, endpoint=False)[:, None]
    pieces = []
    for before, begin, end, after in zip(around, around[1:], around[2:], around[3:], strict=False):
        slope_in, slope_out = (end - before) / 2, (after - begin) / 2
        cubic = 2 * begin - 2 * end + slope_in + slope_out
        square = -3 * begin + 3 * end - 2 * slope_in - slope_out
        pieces.append(((cubic * t + square) * t + slope_in) * t + begin)
    whole = np.vstack(pieces)
    return whole if closed else np.vstack([whole, knots[-1:]])


def mirrored(points: Points) -> Curve:
    """On the other side of the canvas's upright axis, in reverse, so that halves join."""
    found = np.asarray(points, np.float64)[::-1].copy()
    found[:, 0] = UNITS - found[:, 0]
    return found


def symmetric(half: Points) -> Curve:
    """A closed curve from its left half, whose ends lie on the axis."""
    left = np.asarray(half, np.float64)
    return curve(np.vstack([left, mirrored(left)[1:-1]]), closed=True)


def tapered(points: Points, width: float, begin: float = 0.1, end: float = 0.1) -> Curve:
    """A stroke as an outline: `width` in its middle, shares of it at its ends."""
    spine = curve(points)
    along = np.gradient(spine, axis=0)
    normal = np.stack([-along[:, 1], along[:, 0]], axis=1)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True) + 1e-9
    t = np.linspace(0, 1, len(spine))
    swell = np.sin(np.pi * t) ** 0.75
    half = width / 2 * np.maximum(swell, np.where(t < 0.5, begin, end))[:, None]
    return np.vstack([spine + normal * half, (spine - normal * half)[::-1]])


def ellipse(x: float, y: float, width: float, height: float, degrees: float = 0) -> Curve:
    angle = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    turn = np.radians(degrees)
    across, down = width * np.cos(angle), height * np.sin(angle)
    return np.stack(
        [
            x + across * np.cos(turn) - down * np.sin(turn),
            y + across * np.sin(turn) + down * np.cos(turn),
        ],
        axis=1,
    )


@dataclass(frozen=True)
class Mask:
    """A piece of the canvas: FP32[h, w], 0 to 1, whose first pixel lies at `left`, `top`."""

    left: int
    top: int
    values: NDArray[np.float32]

    @property
    def slices(self) -> tuple[slice, slice]:
        height, width = self.values.shape
        return slice(self.top, self.top + height), slice(self.left, self.left + width)


class Canvas:
    """UNITS x UNITS, RGB; painted from back to front."""

    def __init__(self, size: int) -> None:
        self._scale = size / UNITS
        self._size = size
        self._pixels = np.zeros((size, size, 3), np.float32)

    def mask(self, outline: Curve, blur: float = 0, inside: Mask | None = None) -> Mask:
        """What an outline encloses; `blur` softens its edge by so many units."""
        sigma = blur * self._scale
        margin = int(3 * sigma) + 2
        pixels = outline * self._scale
        left, top = np.maximum(np.floor(pixels.min(axis=0)).astype(int) - margin, 0)
        right, bottom = np.minimum(np.ceil(pixels.max(axis=0)).astype(int) + margin, self._size)
        shape = (max(1, bottom - top), max(1, right - left))
        drawn = np.zeros(shape, np.uint8)
        fixed = np.round((pixels - [left, top]) * 2**FIXED_BITS).astype(np.int32)
        cv2.fillPoly(drawn, [fixed], 255, cv2.LINE_AA, FIXED_BITS)
        values = drawn.astype(np.float32) / 255
        if sigma > 0:
            values = cv2.GaussianBlur(values, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
        found = Mask(int(left), int(top), values)
        return found if inside is None else self._common(found, inside)

    def paint(self, mask: Mask, colour: NDArray[np.float32], opacity: float = 1) -> None:
        """`colour`: FP32[3], or one per pixel of the mask."""
        rows, columns = mask.slices
        alpha = (mask.values * opacity)[..., None]
        below = self._pixels[rows, columns]
        self._pixels[rows, columns] = below + (colour - below) * alpha

    def fill(self, outline: Curve, code: str, opacity: float = 1, blur: float = 0) -> Mask:
        mask = self.mask(outline, blur)
        self.paint(mask, rgb(code), opacity)
        return mask

    def airbrush(
        self, inside: Mask, outline: Curve, code: str, opacity: float, blur: float
    ) -> None:
        """Soft colour that stays inside a shape."""
        self.paint(self.mask(outline, blur, inside), rgb(code), opacity)

    def blend(
        self,
        mask: Mask,
        begin: tuple[float, float, str],
        end: tuple[float, float, str],
        opacity: float = 1,
    ) -> None:
        """A linear gradient between two points (x, y, colour)."""
        rows, columns = mask.slices
        y, x = np.mgrid[rows, columns].astype(np.float32) / self._scale
        step = np.array([end[0] - begin[0], end[1] - begin[1]])
        t = ((x - begin[0]) * step[0] + (y - begin[1]) * step[1]) / float(step @ step)
        t = np.clip(t, 0, 1)
        t = (t * t * (3 - 2 * t))[..., None]
        self.paint(mask, rgb(begin[2]) * (1 - t) + rgb(end[2]) * t, opacity)

    def picture(self, size: int) -> NDArray[np.uint8]:
        """UINT8[size, size, 3], RGB. Half a level of noise, always the same, hides the bands of
        soft gradients."""
        noise = np.random.default_rng(7).uniform(-0.7, 0.7, (size, size, 1)).astype(np.float32)
        small = cv2.resize(self._pixels, (size, size), interpolation=cv2.INTER_AREA)
        return np.clip(np.round(small + noise), 0, 255).astype(np.uint8)

    def _common(self, mask: Mask, inside: Mask) -> Mask:
        left, top = max(mask.left, inside.left), max(mask.top, inside.top)
        right = min(mask.left + mask.values.shape[1], inside.left + inside.values.shape[1])
        bottom = min(mask.top + mask.values.shape[0], inside.top + inside.values.shape[0])
        right, bottom = max(left, right), max(top, bottom)

        def cut(each: Mask) -> NDArray[np.float32]:
            return each.values[
                top - each.top : bottom - each.top, left - each.left : right - each.left
            ]

        return Mask(left, top, cut(mask) * cut(inside))
