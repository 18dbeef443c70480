"""The bundled presenter: nobody's photograph, drawn by this code, the same every time."""

import numpy as np

from tritone_models.face.drawing import Canvas, Mask, curve, ellipse, symmetric, tapered
from tritone_models.face.networks import Picture
from tritone_models.face.portrait_features import draw_features
from tritone_models.face.portrait_hair import draw_hair, draw_hair_behind

OVERSAMPLING = 2

SKIN = "d9a27e"
SKIN_LIGHT = "f2c9a6"
SKIN_SHADE = "b9795a"
SKIN_DEEP = "8f5640"
BLUSH = "d9785f"

FACE = [
    (500, 218), (430, 226), (372, 268), (346, 340), (338, 420), (342, 490),
    (355, 556), (384, 616), (424, 664), (464, 692), (500, 699),
]  # fmt: skip
NECK = [
    (500, 580), (424, 600), (426, 690), (420, 750), (396, 790), (352, 812), (330, 900), (500, 1010),
]  # fmt: skip
JACKET = [
    (404, 776), (352, 806), (250, 838), (168, 872), (118, 940), (100, 1030), (500, 1060),
]  # fmt: skip


def draw_portrait(size: int) -> Picture:
    """UINT8[size, size, 3], RGB: head and shoulders, looking ahead, lips closed."""
    canvas = Canvas(size * OVERSAMPLING)
    _background(canvas)
    draw_hair_behind(canvas)
    _body(canvas)
    _ears(canvas)
    face = _face(canvas)
    draw_features(canvas, face)
    draw_hair(canvas, face)
    return canvas.picture(size)


def _background(canvas: Canvas) -> None:
    whole = canvas.mask(np.array([[-50.0, -50], [1050, -50], [1050, 1050], [-50, 1050]]))
    canvas.blend(whole, (120, 0, "dfe9ec"), (900, 1000, "8fb0b9"))
    canvas.fill(ellipse(420, 380, 330, 330), "f4f8f8", 0.75, 120)
    canvas.fill(ellipse(960, 900, 260, 300), "6d949f", 0.35, 110)


def _body(canvas: Canvas) -> None:
    neck = canvas.fill(symmetric(NECK), SKIN)
    canvas.blend(neck, (420, 760, SKIN), (590, 780, SKIN_SHADE), 0.7)
    # The head's shadow on the neck.
    canvas.airbrush(neck, ellipse(508, 690, 120, 66), SKIN_DEEP, 0.75, 16)
    canvas.airbrush(neck, ellipse(440, 790, 34, 60, 20), SKIN_LIGHT, 0.35, 16)
    for side in (-1, 1):
        bone = tapered([(500 + side * 24, 856), (500 + side * 70, 838), (500 + side * 120, 828)], 9)
        canvas.airbrush(neck, bone, SKIN_SHADE, 0.55, 5)
    _clothes(canvas)


def _clothes(canvas: Canvas) -> None:
    shadow = canvas.mask(symmetric(NECK))
    top = [(404, 806), (424, 870), (462, 924), (500, 942)]
    blouse = np.vstack(
        [curve(top), curve([(500, 942), (538, 924), (576, 870), (596, 806)])[1:],
         [(760, 860), (700, 1040), (300, 1040), (240, 860)]]
    )  # fmt: skip
    mask = canvas.fill(blouse, "f6f1ea")
    canvas.blend(mask, (420, 880, "fbf8f3"), (640, 1000, "cfc7c0"))
    canvas.airbrush(
        shadow, tapered([*top, (538, 924), (576, 870), (596, 806)], 16), SKIN_DEEP, 0.35, 8
    )
    for side in (False, True):
        _jacket_half(canvas, side)


def _jacket_half(canvas: Canvas, right: bool) -> None:
    def place(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
        return [(1000 - x, y) if right else (x, y) for x, y in points]

    outer = curve(place([(398, 784), (352, 806), (258, 838), (176, 876), (126, 944), (104, 1040)]))
    inner = curve(place([(470, 1040), (452, 960), (420, 880), (398, 784)]))
    jacket = canvas.fill(np.vstack([outer, inner]), "1f5c66")
    light, dark = ("2f7d86", "184b55") if not right else ("256b75", "123c45")
    canvas.blend(jacket, (150, 840, light), (480, 1040, dark) if not right else (900, 1000, dark))
    sleeve = tapered(place([(232, 1040), (226, 980), (240, 930)]), 10)
    canvas.airbrush(jacket, sleeve, "0d2f37", 0.6, 6)
    lapel = np.vstack(
        [
            curve(place([(398, 784), (356, 812), (330, 846), (322, 876)])),
            curve(place([(322, 876), (366, 884), (352, 916), (452, 1040)])),
            curve(place([(470, 1040), (452, 960), (420, 880), (398, 784)])),
        ]
    )
    under = lapel + np.array([-7 if not right else 7, 9])
    canvas.airbrush(jacket, under, "0d2f37", 0.55, 7)
    canvas.fill(lapel, "2b737c" if not right else "1f5f69")
    edge = tapered(place([(398, 784), (420, 880), (452, 960), (470, 1040)]), 5, 1, 1)
    canvas.fill(edge, "4a98a0", 0.6, 1.5)
    fold = tapered(place([(404, 792), (426, 876), (456, 950)]), 12)
    canvas.fill(fold, "0d2f37", 0.25, 5)


def _ears(canvas: Canvas) -> None:
    for side in (-1, 1):
        x = 500 + side * 163
        ear = canvas.fill(ellipse(x, 462, 24, 52, side * 8), SKIN if side < 0 else SKIN_SHADE)
        canvas.airbrush(ear, ellipse(x + side * 3, 460, 11, 32, side * 8), SKIN_DEEP, 0.55, 6)
        canvas.airbrush(ear, ellipse(x + side * 12, 440, 6, 30, side * 8), SKIN_LIGHT, 0.5, 5)
        canvas.fill(ellipse(x - side * 1, 516, 7.5, 7.5), "caa24a")
        canvas.fill(ellipse(x - side * 1 - 2, 513.5, 2.6, 2.6), "fff3c8", 0.9, 0.8)


def _face(canvas: Canvas) -> Mask:
    face = canvas.fill(symmetric(FACE), SKIN)
    canvas.blend(face, (390, 300, "e6b591"), (660, 620, "c88f6c"))
    canvas.airbrush(face, ellipse(665, 520, 46, 190, 12), SKIN_SHADE, 0.7, 26)
    canvas.airbrush(face, ellipse(334, 520, 20, 170, -10), SKIN_SHADE, 0.55, 18)
    canvas.airbrush(face, ellipse(510, 716, 120, 26), SKIN_SHADE, 0.75, 18)
    canvas.airbrush(face, ellipse(470, 320, 90, 46), SKIN_LIGHT, 0.55, 34)
    canvas.airbrush(face, ellipse(500, 236, 150, 34), SKIN_SHADE, 0.55, 22)
    canvas.airbrush(face, ellipse(412, 520, 44, 26, 20), SKIN_LIGHT, 0.5, 20)
    canvas.airbrush(face, ellipse(584, 520, 38, 24, -20), SKIN_LIGHT, 0.3, 20)
    for side in (-1, 1):
        canvas.airbrush(face, ellipse(500 + side * 96, 550, 44, 28, side * -18), BLUSH, 0.34, 22)
        canvas.airbrush(face, ellipse(500 + side * 76, 408, 54, 24, side * 6), SKIN_SHADE, 0.34, 16)
    canvas.airbrush(face, ellipse(496, 668, 34, 16), SKIN_LIGHT, 0.5, 14)
    return face
