"""What is seen between the lips: a dark cavity, teeth and a tongue with soft edges."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tritone_models.face.drawing import curve
from tritone_models.face.mouth_motion import MouthMotion, MovedMouth
from tritone_models.face.mouth_shape import TONGUE, Shape

FINER = 4
DEEP = (30, 10, 12)
GUMS = (112, 48, 46)
TOOTH = (240, 232, 220)
TONGUE_COLOUR = (176, 88, 86)
UPPER_EDGE, LOWER_EDGE = 0.055, 0.06
"""Where upper teeth end and lower ones begin below the line of the closed lips, in units."""
UPPER_WIDTHS = (0.115, 0.09, 0.085, 0.07, 0.06)
LOWER_WIDTHS = (0.075, 0.078, 0.08, 0.07, 0.06)
"""Of one side's teeth, from the middle, as seen from the front."""
TOOTH_HEIGHT = 0.19
Layer = NDArray[np.float32]
"""FP32[h, w, 4]: RGB 0 to 255, alpha 0 to 1."""


class MouthInside:
    """One face's, in the pixels of its patch; `light`: how bright its skin is, 0 to 1."""

    def __init__(self, motion: MouthMotion, origin: NDArray[np.float64], light: float) -> None:
        self._motion = motion
        self._origin = origin
        self._unit = motion.unit
        self._light = float(np.clip(0.6 + 0.6 * light, 0.6, 1.0))
        self._fine = _refinement()
        size = int(np.ceil(1.5 * self._unit))
        self._half = size // 2
        """The layers are squares about the middle of the closed mouth's line."""
        self._upper = self._teeth(UPPER_WIDTHS, UPPER_EDGE, -1)
        self._lower = self._teeth(LOWER_WIDTHS, LOWER_EDGE, 1)
        self._tongue = self._draw_tongue()

    def paint(self, patch: NDArray[np.uint8], moved: MovedMouth, mouth: Shape) -> None:
        """Fills the opening of a warped patch, UINT8[h, w, 3], in place."""
        if float(moved.gaps.max()) < 0.4:
            return
        upper, lower = self._fine @ moved.upper, self._fine @ moved.lower
        outline = np.vstack([upper, lower[::-1]]) - self._origin
        low = np.maximum(np.floor(outline.min(axis=0)).astype(int) - 2, 0)
        high = np.ceil(outline.max(axis=0)).astype(int) + 3
        high = np.minimum(high, [patch.shape[1], patch.shape[0]])
        width, height = high - low
        if width < 2 or height < 2:
            return
        mask = np.zeros((height, width), np.uint8)
        fixed = np.round((outline - low) * 16).astype(np.int32)
        cv2.fillPoly(mask, [fixed], 255, cv2.LINE_AA, 4)
        edge = cv2.GaussianBlur(mask, (0, 0), 0.6).astype(np.float32) / 255
        box = slice(low[1], high[1]), slice(low[0], high[0])
        inside = self._inside(low, (width, height), moved, mouth)
        # Lips throw a shadow on what lies behind them.
        depth = cv2.GaussianBlur(mask, (0, 0), max(0.8, 0.035 * self._unit)).astype(np.float32)
        inside *= (0.62 + 0.38 / 255 * depth)[..., None]
        below = patch[box].astype(np.float32)
        patch[box] = cv2.convertScaleAbs(below + (inside - below) * edge[..., None])

    def _inside(
        self,
        low: NDArray[np.int64],
        size: tuple[int, int],
        moved: MovedMouth,
        mouth: Shape,
    ) -> NDArray[np.float32]:
        middle = self._motion.middle - self._origin - low
        picture = np.empty((size[1], size[0], 3), np.float32)
        picture[:] = DEEP
        tongue = moved.drop * (0.95 - 0.5 * mouth[TONGUE])
        tongue = tongue - self._motion.down * (0.16 * mouth[TONGUE] * self._unit)
        for layer, shift in (
            (self._tongue, tongue),
            (self._lower, moved.drop),
            (self._upper, 0 * moved.drop),
        ):
            place = np.column_stack([self._turn(), middle + shift])
            place[:, 2] -= self._turn() @ [self._half, self._half]
            laid = cv2.warpAffine(layer, place, size, flags=cv2.INTER_LINEAR)
            alpha = laid[..., 3:]
            picture += (laid[..., :3] - picture) * alpha
        return picture

    def _turn(self) -> NDArray[np.float64]:
        return np.column_stack([self._motion.across, self._motion.down])

    def _canvas(self) -> tuple[Layer, NDArray[np.float64]]:
        side = 2 * self._half * FINER
        layer = np.zeros((side, side, 4), np.float32)
        return layer, np.array([side / 2, side / 2])

    def _teeth(self, widths: tuple[float, ...], edge: float, away: int) -> Layer:
        """A row whose biting edge lies `edge` below the lips' line; roots `away` from it."""
        layer, middle = self._canvas()
        scale = self._unit * FINER
        layer[..., :3] = GUMS
        for side in (-1, 1):
            begin = 0.0
            for at, width in enumerate(widths):
                x = side * (begin + width / 2)
                begin += width
                rise = 0.55 * x * x * (1 if away < 0 else 0.5)
                shade = self._light * (1 - 1.5 * x * x) * (0.94 if away > 0 else 1)
                colour = [channel * shade for channel in TOOTH]
                top = edge - rise + away * TOOTH_HEIGHT
                outline = _tooth(x, width * 0.93, edge - rise, top, at)
                fixed = np.round((outline * scale + middle) * 16).astype(np.int32)
                self._fill(layer, fixed, colour)
        # Light comes from above and in front: roots and sides are darker.
        y = (np.mgrid[0 : layer.shape[0], 0 : layer.shape[1]][0] - middle[1]) / scale
        shade = np.clip(1 - 1.6 * np.abs(y - edge) ** 1.3, 0.55, 1)
        layer[..., :3] *= shade[..., None]
        return self._small(layer, 0.012 * scale)

    def _fill(self, layer: Layer, fixed: NDArray[np.int32], colour: list[float]) -> None:
        mask = np.zeros(layer.shape[:2], np.uint8)
        cv2.fillPoly(mask, [fixed], 255, cv2.LINE_AA, 4)
        share = (mask.astype(np.float32) / 255)[..., None]
        layer[..., :3] += (np.array(colour, np.float32) - layer[..., :3]) * share
        layer[..., 3] = np.maximum(layer[..., 3], share[..., 0])

    def _draw_tongue(self) -> Layer:
        layer, middle = self._canvas()
        scale = self._unit * FINER
        y, x = np.mgrid[0 : layer.shape[0], 0 : layer.shape[1]].astype(np.float32)
        x, y = (x - middle[0]) / scale, (y - middle[1]) / scale
        distance = np.sqrt((x / 0.27) ** 2 + ((y - 0.15) / 0.12) ** 2)
        layer[..., 3] = np.clip((1.12 - distance) / 0.3, 0, 1)
        groove = 1 - 0.16 * np.exp(-((x / 0.025) ** 2))
        light = np.clip(1.12 - 0.75 * distance**2, 0.45, 1.1) * groove * self._light * 0.7
        layer[..., :3] = np.array(TONGUE_COLOUR, np.float32) * light[..., None]
        return self._small(layer, 0.012 * scale)

    def _small(self, layer: Layer, sigma: float) -> Layer:
        soft = cv2.GaussianBlur(layer, (0, 0), sigma)
        side = 2 * self._half
        return cv2.resize(soft, (side, side), interpolation=cv2.INTER_AREA)


def _tooth(x: float, width: float, edge: float, root: float, at: int) -> NDArray[np.float64]:
    """Rounded at its biting edge, a canine more."""
    half = width / 2
    round_off = 0.028 if at == 2 else 0.014
    sign = 1 if root < edge else -1
    return curve(
        [
            (x - half * 0.9, root),
            (x - half, (edge + root) / 2),
            (x - half * 0.96, edge - sign * round_off),
            (x - half * 0.5, edge - sign * 0.002),
            (x + half * 0.5, edge - sign * 0.002),
            (x + half * 0.96, edge - sign * round_off),
            (x + half, (edge + root) / 2),
            (x + half * 0.9, root),
        ],
        closed=True,
    )


def _refinement() -> NDArray[np.float64]:
    """FP64[m, 11]: a smooth line through eleven points is this times them."""
    columns = []
    for at in range(11):
        heights = np.zeros(11)
        heights[at] = 1
        columns.append(curve(np.column_stack([np.arange(11.0), heights]))[:, 1])
    return np.stack(columns, axis=1)
