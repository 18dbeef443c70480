"""Eyes, brows, nose and lips of the bundled presenter."""

import numpy as np

from tritone_models.face.drawing import Canvas, Curve, Mask, curve, ellipse, tapered

EYE_X = 80
EYE_Y = 438
LASH = "2a1712"
IRIS = "5d3520"


def draw_features(canvas: Canvas, face: Mask) -> None:
    for side in (-1, 1):
        _eye(canvas, side)
        _brow(canvas, side)
    _nose(canvas, face)
    _lips(canvas, face)


def _placed(points: list[tuple[float, float]], side: int) -> list[tuple[float, float]]:
    """From an eye's own coordinates (outwards, down) to the canvas."""
    return [(500 + side * (EYE_X + x), EYE_Y + y) for x, y in points]


UPPER_LID = [(-38, 9), (-26, -5), (-8, -15), (12, -16), (28, -8), (42, 4)]
LOWER_LID = [(42, 4), (28, 13), (8, 18), (-14, 17), (-28, 13), (-38, 9)]


def _eye(canvas: Canvas, side: int) -> None:
    x = 500 + side * EYE_X
    socket = ellipse(x + side * 2, EYE_Y - 16, 50, 20, side * 5)
    canvas.fill(socket, "a5674d", 0.38, 9)
    outline = np.vstack([curve(_placed(UPPER_LID, side)), curve(_placed(LOWER_LID, side))[1:]])
    white = canvas.fill(outline, "f7f1ec")
    canvas.airbrush(white, ellipse(x - side * 38, EYE_Y + 9, 10, 8), "d99a88", 0.6, 4)
    _iris(canvas, white, x)
    # The lid's shadow on the ball.
    canvas.airbrush(
        white,
        tapered(_placed([(-38, 6), (-10, -14), (12, -15), (42, 2)], side), 17),
        "5a3a33",
        0.5,
        4,
    )
    lower = tapered(_placed([(-34, 12), (-14, 18), (8, 19), (28, 14), (42, 5)], side), 3.4)
    canvas.fill(lower, "8a4f3f", 0.75, 1)
    canvas.fill(tapered(_placed([(-20, 26), (4, 30), (28, 24)], side), 8), "b5765c", 0.4, 4)
    lash = tapered(
        _placed([(-39, 10), (-26, -6), (-8, -17), (12, -18), (30, -10), (49, -3)], side),
        8.5,
        0.15,
        0.3,
    )
    canvas.fill(lash, LASH, 1, 0.7)
    for root, tip in (((38, -3), (50, -9)), ((31, -9), (44, -15))):
        middle = ((root[0] + tip[0]) / 2 + 1.5, (root[1] + tip[1]) / 2 + 1.5)
        wing = tapered(_placed([root, middle, tip], side), 3, 0.9, 0.05)
        canvas.fill(wing, LASH, 0.6, 0.9)
    crease = tapered(_placed([(-33, -7), (-12, -26), (12, -28), (34, -19), (46, -9)], side), 4)
    canvas.fill(crease, "8a4f3f", 0.75, 1.4)


def _iris(canvas: Canvas, white: Mask, x: float) -> None:
    y = EYE_Y - 1
    iris = canvas.mask(ellipse(x, y, 18.5, 18.5), 0.6, white)
    canvas.blend(iris, (x, y - 16, "2e1810"), (x, y + 18, "8a5632"))
    rim = canvas.mask(ellipse(x, y, 13.5, 13.5), 2.2, white)
    canvas.blend(rim, (x, y - 12, IRIS), (x, y + 14, "a8703f"))
    canvas.airbrush(white, ellipse(x, y, 8.4, 8.4), "140a07", 1, 0.8)
    canvas.airbrush(white, ellipse(x - 6, y - 6.5, 5, 5.4), "ffffff", 0.95, 0.7)
    canvas.airbrush(white, ellipse(x + 7, y + 7, 2.8, 2.6), "ffe9d2", 0.75, 0.9)


def _brow(canvas: Canvas, side: int) -> None:
    below = [(-40, -46), (-16, -53), (12, -59), (38, -55), (62, -38)]
    above = [(62, -40), (38, -62), (10, -70), (-16, -65), (-40, -54)]
    brow = np.vstack([curve(_placed(below, side)), curve(_placed(above, side))])
    mask = canvas.fill(brow, "43291e", 0.82, 2.6)
    rng = np.random.default_rng(11)
    for t in np.linspace(0, 1, 30):
        x = -36 + t * 92
        low = float(np.interp(x, [p[0] for p in below], [p[1] for p in below]))
        lean = 6 + 14 * t
        rise = (9 - 6 * t) + rng.uniform(-1.5, 1.5)
        hair = tapered(
            _placed(
                [(x, low), (x + lean * 0.5, low - rise * 0.8), (x + lean, low - rise * 1.1)], side
            ),
            2,
        )
        canvas.airbrush(mask, hair, "1f110c", 0.5, 0.6)


def _nose(canvas: Canvas, face: Mask) -> None:
    canvas.airbrush(face, tapered([(530, 420), (524, 470), (536, 522)], 24), "a5674d", 0.36, 10)
    canvas.airbrush(face, tapered([(466, 424), (474, 470), (464, 520)], 14), "b5765c", 0.28, 8)
    canvas.airbrush(face, tapered([(497, 400), (496, 460), (495, 512)], 15), "f6d3b3", 0.5, 7)
    canvas.airbrush(face, ellipse(502, 560, 44, 11), "96573f", 0.42, 9)
    for side in (-1, 1):
        x = 500 + side * 33
        canvas.airbrush(face, ellipse(x, 535, 13, 14), "c98d6b", 0.55, 5)
        wing = tapered(
            [(x + side * 6, 518), (x + side * 14, 534), (x + side * 5, 549), (x - side * 5, 549)], 5
        )
        canvas.fill(wing, "a5674d", 0.6, 2.6)
        canvas.fill(ellipse(500 + side * 18, 549, 10.5, 4.6, side * -14), "6b3526", 0.8, 2.4)
    canvas.fill(tapered([(484, 552), (500, 558), (516, 552)], 5), "8f5640", 0.6, 2)
    canvas.fill(ellipse(495, 524, 15, 13), "f9dcc0", 0.5, 7)
    canvas.fill(ellipse(492, 520, 5, 5), "fff1df", 0.6, 3)


LIP_LINE = [(434, 601), (458, 609), (480, 611), (500, 613), (520, 611), (542, 609), (566, 601)]
UPPER_LIP = [
    (566, 600), (543, 595), (518, 589), (508, 589), (500, 592), (492, 589), (482, 589),
    (457, 595), (434, 600),
]  # fmt: skip
LOWER_LIP = [(566, 602), (552, 621), (528, 636), (500, 640), (472, 636), (448, 621), (434, 602)]


def _lip(line: Curve, edge: Curve) -> Curve:
    return np.vstack([line, edge])


def _lips(canvas: Canvas, face: Mask) -> None:
    canvas.airbrush(face, ellipse(500, 652, 46, 9), "96573f", 0.5, 8)
    canvas.airbrush(face, tapered([(489, 564), (490, 584)], 5, 0.8, 0.8), "b5765c", 0.4, 3)
    canvas.airbrush(face, tapered([(511, 564), (510, 584)], 5, 0.8, 0.8), "f2c9a6", 0.4, 3)
    line = curve(LIP_LINE)
    upper = canvas.fill(_lip(line, curve(UPPER_LIP)), "b5524f", 1, 1.2)
    canvas.blend(upper, (470, 590, "c2625b"), (540, 612, "96403f"), 0.9)
    lower = canvas.fill(_lip(line, curve(LOWER_LIP)), "c9655f", 1, 1.2)
    canvas.blend(lower, (480, 612, "b9534f"), (500, 640, "d47a70"), 0.9)
    canvas.airbrush(lower, ellipse(488, 627, 24, 6), "f3b3a4", 0.75, 4)
    canvas.airbrush(
        upper,
        tapered([(470, 597), (492, 592), (500, 596), (510, 592), (530, 597)], 4),
        "dd8d80",
        0.6,
        2,
    )
    canvas.fill(
        tapered(
            [
                (430, 598),
                (458, 609),
                (480, 611.5),
                (500, 613.5),
                (520, 611.5),
                (542, 609),
                (570, 598),
            ],
            4.2,
        ),
        "5f2325",
        0.85,
        0.8,
    )
    for side in (-1, 1):
        canvas.airbrush(face, ellipse(500 + side * 73, 599, 6, 10, side * 12), "96573f", 0.5, 4)
