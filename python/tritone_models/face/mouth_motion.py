"""Where lips, jaw and cheeks go for a mouth shape: displacements of the mesh's points."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tritone_models.face.landmarks import (
    CHEEKS,
    JAW,
    LOWER_INNER,
    LOWER_OUTER,
    UPPER_INNER,
    UPPER_OUTER,
    Points,
    face_height,
    mouth_width,
)
from tritone_models.face.mouth_shape import JAW as DROPPED
from tritone_models.face.mouth_shape import (
    LOWER,
    PRESS,
    ROUND,
    TUCK,
    UPPER,
    WIDE,
    Shape,
)

LARGEST_UNIT = 0.33
"""Of the face's height: a smile is wider than the mouth that its owner speaks with."""
CHIN_FIELD = (18, 83, 313, 200, 201, 421, 199, 208, 428, 175)
"""Between the lower lip and the edge of the chin."""
STILL = (2, 98, 327, 164)
"""Below the nose."""
JAW_DROP = 0.25
CHIN_DROP = 0.15
MOST_SAG = 0.06
"""Units by which a smile's corners are brought down."""
CHEEKS_REACH = 0.45
"""Units about a corner of the mouth in which the cheek goes with it."""
WIDENS, NARROWS = 0.1, 0.32
"""Of the mouth's width, at `wide` and at `round`."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class MovedMouth:
    """All FP64[n, 2], pixels. `rest` and `moved`: of every controlled point; `upper` and `lower`:
    edges of the moved inner lips from corner to corner; `drop`: of the jaw; `gaps`: between the
    pairs of the inner lips."""

    rest: Array
    moved: Array
    upper: Array
    lower: Array
    gaps: Array
    drop: Array


class MouthMotion:
    """One face's. `points`: of a closed mouth, in any upright enough coordinates."""

    def __init__(self, points: Points) -> None:
        self.unit = min(mouth_width(points), LARGEST_UNIT * face_height(points))
        """Pixels: what distances in the mouth are told in."""
        self._groups: dict[str, slice] = {}
        used: list[int] = []
        for name, indices in (
            ("upper_inner", UPPER_INNER),
            ("lower_inner", LOWER_INNER[1:-1]),
            ("upper_outer", UPPER_OUTER),
            ("lower_outer", LOWER_OUTER[1:-1]),
            ("jaw", JAW),
            ("chin", CHIN_FIELD),
            ("cheeks", CHEEKS),
            ("still", STILL),
        ):
            self._groups[name] = slice(len(used), len(used) + len(indices))
            used += indices
        self.rest = points[used, :2].astype(np.float64)
        left, right = points[UPPER_INNER[0], :2], points[UPPER_INNER[-1], :2]
        self.origin = ((left + right) / 2).astype(np.float64)
        across = (right - left).astype(np.float64)
        self.half_width = float(np.linalg.norm(across)) / 2
        # A smile's skin is stretched already: its corners move less.
        self._reach = self.unit / 2 * min(1.0, self.unit / 2 / self.half_width)
        self.across = across / np.linalg.norm(across)
        self.down = np.array([-self.across[1], self.across[0]])
        local = self.rest - self.origin
        self._x = local @ self.across / self.half_width
        self._inside = np.clip(1 - self._x**2, 0, 1)
        line = local[self._groups["upper_inner"]]
        self.middle = self.rest[self._groups["upper_inner"]][len(UPPER_INNER) // 2]
        """On the line between the lips, where teeth have their place."""
        self._sag = np.interp(self._x, line @ self.across / self.half_width, line @ self.down)
        """How far that line lies below its corners, above or below each point: a smile's bow."""
        downwards = local @ self.down
        lip = downwards[self._groups["lower_outer"]].max()
        chin = downwards[self._groups["jaw"]].max()
        field = downwards[self._groups["chin"]]
        self._to_chin = np.clip((field - lip) / max(chin - lip, 1e-6), 0, 1) ** 0.8
        cheeks = local[self._groups["cheeks"]]
        away = np.abs(cheeks @ self.across) - self.half_width
        far = np.hypot(away, cheeks @ self.down) / (CHEEKS_REACH * self.unit)
        self._near_corner = np.exp(-(far**2))
        self._below_mouth = np.clip((cheeks @ self.down) / self.unit, 0, 0.5)

    def moved(self, mouth: Shape) -> MovedMouth:
        x, y = np.zeros(len(self.rest)), np.zeros(len(self.rest))
        self._move_lips(mouth, x, y)
        self._move_jaw(mouth, y)
        self._move_cheeks(mouth, x, y)
        moved = self.rest + np.outer(x, self.across) + np.outer(y, self.down)
        group = self._groups
        upper = moved[group["upper_inner"]]
        lower = np.vstack([upper[:1], moved[group["lower_inner"]], upper[-1:]])
        gaps = (lower - upper) @ self.down
        drop = self.down * (JAW_DROP * self.unit * mouth[DROPPED])
        return MovedMouth(self.rest, moved, upper, lower, gaps, drop)

    def pairs(self) -> tuple[slice, slice]:
        """The inner lips' points, corners left out, among the controlled ones."""
        upper = self._groups["upper_inner"]
        return slice(upper.start + 1, upper.stop - 1), self._groups["lower_inner"]

    def _move_lips(self, mouth: Shape, x: Array, y: Array) -> None:
        unit, group = self.unit, self._groups
        lips = slice(0, group["lower_outer"].stop)
        narrower = (
            WIDENS * mouth[WIDE]
            - NARROWS * mouth[ROUND]
            - 0.05 * mouth[DROPPED] * (1 - 0.5 * mouth[WIDE])
        )
        x[lips] += self._x[lips] * self._reach * narrower
        # Round lips make an ellipse, spread ones a flat arch.
        arch = self._inside[lips] ** (0.75 - 0.25 * mouth[ROUND])
        upper = (
            0.085 * mouth[UPPER]
            + 0.03 * mouth[DROPPED]
            + 0.05 * mouth[TUCK]
            - 0.035 * mouth[ROUND] * min(1.0, 3 * mouth[DROPPED])
        ) * unit
        lower = (
            JAW_DROP * mouth[DROPPED]
            + 0.13 * mouth[LOWER]
            + 0.02 * mouth[ROUND] * min(1.0, 3 * mouth[DROPPED])
            - 0.05 * mouth[TUCK]
        ) * unit
        corners = (0.05 * mouth[DROPPED] - 0.03 * mouth[WIDE]) * unit
        # Speech straightens a smile: its corners come down as lips round or the jaw drops.
        straight = min(0.9, 0.8 * mouth[ROUND] + 0.45 * mouth[DROPPED])
        y[lips] += straight * np.minimum(self._sag.max() - self._sag[lips], MOST_SAG * unit)
        pout, press = 0.035 * mouth[ROUND] * unit, 0.05 * mouth[PRESS] * unit
        for name, amount, beyond in (
            ("upper_inner", -upper, 0.0),
            ("upper_outer", -0.8 * upper, press - pout),
            ("lower_inner", lower, 0.0),
            ("lower_outer", 0.94 * lower, pout - press - 0.05 * mouth[TUCK] * unit),
        ):
            part = group[name]
            inside = arch[part]
            y[part] += amount * inside + beyond * inside + corners * (1 - inside)

    def _move_jaw(self, mouth: Shape, y: Array) -> None:
        unit, group = self.unit, self._groups
        drop = CHIN_DROP * unit * (mouth[DROPPED] - 0.25 * mouth[TUCK])
        jaw = group["jaw"]
        along = np.linspace(-1, 1, jaw.stop - jaw.start)
        y[jaw] += drop * (1 - along**2)
        # Between lip and chin the skin shares both motions: nothing folds.
        lip = float(y[group["lower_outer"]][len(LOWER_OUTER) // 2 - 1])
        y[group["chin"]] += lip + (drop - lip) * self._to_chin

    def _move_cheeks(self, mouth: Shape, x: Array, y: Array) -> None:
        """They are drawn along by the corners of the mouth; those below it follow the jaw too."""
        cheeks, corners = self._groups["cheeks"], self._groups["upper_inner"]
        on_left = self._x[cheeks] < 0
        for moves in (x, y):
            corner = np.where(on_left, moves[corners][0], moves[corners][-1])
            moves[cheeks] += 0.75 * corner * self._near_corner
        y[cheeks] += 0.2 * self.unit * mouth[DROPPED] * self._below_mouth
