"""Which of the mesh's 468 points is what. "Left" and "right" are those of the picture."""

import numpy as np
from numpy.typing import NDArray

from tritone_models.face.mesh import LEFT_EYE, RIGHT_EYE

Points = NDArray[np.float32]
"""FP32[468, 2 or 3]."""

UPPER_INNER = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308)
LOWER_INNER = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308)
UPPER_OUTER = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291)
LOWER_OUTER = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291)
"""From the left corner of the mouth to the right one; the corners stand in both of a pair."""
LEFT_CORNER, RIGHT_CORNER = 61, 291

LEFT_UPPER_LID = (33, 246, 161, 160, 159, 158, 157, 173, 133)
LEFT_LOWER_LID = (33, 7, 163, 144, 145, 153, 154, 155, 133)
LEFT_BROW = (46, 53, 52, 65, 55)
RIGHT_UPPER_LID = (362, 398, 384, 385, 386, 387, 388, 466, 263)
RIGHT_LOWER_LID = (362, 382, 381, 380, 374, 373, 390, 249, 263)
RIGHT_BROW = (285, 295, 282, 283, 276)

FOREHEAD, CHIN, NOSE_TIP, NOSE_BASE = 10, 152, 1, 2
LEFT_CHEEK, RIGHT_CHEEK = 234, 454
JAW = (136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365)
"""The edge of the jaw from left to right, the chin in its middle."""
CHEEKS = (205, 425, 206, 426, 207, 427, 187, 411, 216, 436, 212, 432)
"""Beside the mouth, on and outside the folds that run from the nose to its corners."""
OVAL = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
STEADY = (
    10, 67, 297, 109, 338, 151, 9, 8, 168, 6, 197, 195, 5, 4, 1, 2, 98, 327, 129, 358, 33, 133, 362,
    263, 50, 280, 101, 330, 117, 346, 118, 347, 123, 352, 205, 425, 36, 266, 127, 356, 234, 454,
)  # fmt: skip
"""What neither speech nor a blink moves: forehead, nose, cheekbones, corners of the eyes."""


def mouth_width(points: Points) -> float:
    return float(np.linalg.norm(points[RIGHT_CORNER, :2] - points[LEFT_CORNER, :2]))


def mouth_opening(points: Points) -> float:
    """The gap between the lips in its middle, as a share of the mouth's width."""
    upper, lower = points[[82, 13, 312], :2], points[[87, 14, 317], :2]
    gap = np.linalg.norm(upper - lower, axis=1).mean()
    return float(gap / max(mouth_width(points), 1e-6))


def face_width(points: Points) -> float:
    return float(np.linalg.norm(points[RIGHT_CHEEK, :2] - points[LEFT_CHEEK, :2]))


def face_height(points: Points) -> float:
    return float(np.linalg.norm(points[CHIN, :2] - points[FOREHEAD, :2]))


def roll_degrees(points: Points) -> float:
    """Of the line through the eyes; 0 is upright."""
    across = points[RIGHT_EYE, :2] - points[LEFT_EYE, :2]
    return float(np.degrees(np.arctan2(across[1], across[0])))


def yaw_degrees(points: Points) -> float:
    """To either side; from the depths of the cheeks. `points` has z."""
    across = points[RIGHT_CHEEK] - points[LEFT_CHEEK]
    return float(np.degrees(np.arctan2(across[2], np.hypot(across[0], across[1]))))


def pitch_degrees(points: Points) -> float:
    """Up or down; from the depths of forehead and chin. `points` has z."""
    down = points[CHIN] - points[FOREHEAD]
    return float(np.degrees(np.arctan2(down[2], np.hypot(down[0], down[1]))))
