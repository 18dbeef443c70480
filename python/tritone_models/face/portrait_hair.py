"""Hair of the bundled presenter: parted at the side, tucked behind the ears."""

import numpy as np

from tritone_models.face.drawing import Canvas, Mask, curve, tapered

DARK = "1f1310"
BASE = "38231b"
SHEEN = "8a5a3c"


def draw_hair_behind(canvas: Canvas) -> None:
    """What falls behind the neck."""
    outline = curve(
        [(500, 150), (400, 166), (326, 232), (300, 330), (302, 450), (290, 560), (268, 660),
         (262, 750), (300, 806), (380, 812), (500, 780), (620, 812), (700, 806), (738, 750),
         (732, 660), (710, 560), (698, 450), (700, 330), (674, 232), (600, 166)],
        closed=True,
    )  # fmt: skip
    behind = canvas.fill(outline, "2a1914", 1, 1)
    rng = np.random.default_rng(3)
    for side in (-1, 1):
        for t in np.linspace(0, 1, 26):
            x = 500 + side * (120 + 112 * t)
            sway = rng.uniform(-6, 6)
            lock = [
                (500 + side * (110 + 82 * t), 420),
                (x + side * 2 + sway, 590),
                (x + side * 14 * t + sway, 700),
                (x - side * 14 + sway, 806),
            ]
            colour, opacity = (SHEEN, 0.26) if rng.uniform() < 0.4 else (DARK, 0.5)
            canvas.airbrush(behind, tapered(lock, rng.uniform(4, 10)), colour, opacity, 2)


LEFT_EDGE = [(560, 246), (500, 262), (440, 296), (392, 344), (362, 396), (344, 444), (326, 478)]
RIGHT_EDGE = [(560, 246), (600, 272), (632, 322), (650, 384), (660, 440), (676, 478)]


def draw_hair(canvas: Canvas, face: Mask) -> None:
    """The cap of hair, from the parting to behind the ears, and its shadow on the forehead."""
    crown_left = [
        (326, 478), (306, 452), (298, 396), (302, 310), (334, 218), (400, 154), (484, 130),
        (562, 142),
    ]  # fmt: skip
    crown_right = [
        (676, 478),
        (695, 452),
        (702, 396),
        (698, 310),
        (672, 222),
        (626, 164),
        (562, 142),
    ]
    left = np.vstack([curve(LEFT_EDGE), curve(crown_left)[1:]])
    right = np.vstack([curve(RIGHT_EDGE), curve(crown_right)[1:]])
    canvas.airbrush(face, left + np.array([4, 12]), "8a4f3a", 0.5, 8)
    canvas.airbrush(face, right + np.array([-2, 10]), "7d4534", 0.5, 8)
    for outline, begin, end in ((left, LEFT_EDGE, crown_left), (right, RIGHT_EDGE, crown_right)):
        cap = canvas.fill(outline, BASE, 1, 1)
        canvas.blend(cap, (380, 160, "4a2e22"), (660, 420, DARK), 0.8)
        _strands(canvas, cap, begin, end[::-1])
    canvas.fill(tapered([(563, 143), (556, 190), (560, 246)], 5), "1a0f0c", 0.7, 2)


def _strands(
    canvas: Canvas, cap: Mask, edge: list[tuple[float, float]], crown: list[tuple[float, float]]
) -> None:
    """Hair runs from the parting alongside both edges; in between, in between."""
    rng = np.random.default_rng(5)
    near, far = _resampled(edge), _resampled(crown)
    for t in np.linspace(0.02, 0.98, 64):
        spine = near * (1 - t) + far * t + rng.uniform(-2.5, 2.5, (1, 2))
        begin, end = sorted(rng.integers(0, len(spine), 2))
        if end - begin < 5:
            begin, end = 0, len(spine) - 1
        colour, opacity = (DARK, 0.34) if rng.uniform() < 0.55 else ("5d3a29", 0.4)
        canvas.airbrush(
            cap, tapered(spine[begin : end + 1], rng.uniform(2, 7)), colour, opacity, 1.4
        )
    for t in np.linspace(0.2, 0.75, 26):
        spine = near * (1 - t) + far * t
        piece = spine[3:9] + rng.uniform(-3, 3, (1, 2))
        canvas.airbrush(cap, tapered(piece, rng.uniform(3, 8)), SHEEN, 0.3, 3)


def _resampled(points: list[tuple[float, float]]) -> np.ndarray:
    whole = curve(points)
    return whole[np.linspace(0, len(whole) - 1, 14).round().astype(int)]
