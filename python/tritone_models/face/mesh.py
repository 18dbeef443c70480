"""468 points of a face: where its lips, lids and jaw are."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from tritone_models.face.detector import FoundFace
from tritone_models.face.networks import Network, Picture, sigmoid

POINTS = 468
MARGIN = 1.5
"""The network wants the face with half its size around it."""
LEFT_EYE, RIGHT_EYE = 33, 263
"""Outer corners, as seen in the picture."""


@dataclass(frozen=True)
class FaceMesh:
    """`points`: FP32[468, 3] in pixels, centres at .5, z in the same unit, smaller is nearer."""

    points: NDArray[np.float32]
    score: float


@dataclass(frozen=True)
class _Window:
    centre: NDArray[np.float64]
    side: float
    angle: float
    """Radians, of the line through the eyes."""


class MeshFinder:
    """MediaPipe's face mesh (arXiv:1907.06724)."""

    def __init__(self, folder: Path) -> None:
        self._network = Network(folder / "mesh.tflite")

    def find(self, picture: Picture, face: FoundFace) -> FaceMesh:
        """Looks twice: the first answer frames the second, which is steadier."""
        left, top, right, bottom = face.box
        centre = np.array([(left + right) / 2, (top + bottom) / 2])
        side = MARGIN * max(right - left, bottom - top)
        rough = self._look(picture, _Window(centre, side, _angle(*face.points[:2])))
        return self.follow(picture, rough)

    def follow(self, picture: Picture, before: FaceMesh) -> FaceMesh:
        """The mesh of a face that lay at `before` in the picture before, or in this one."""
        points = before.points[:, :2]
        angle = _angle(points[LEFT_EYE], points[RIGHT_EYE])
        turned = points @ _rotation(-angle).T
        low, high = turned.min(axis=0), turned.max(axis=0)
        centre = _rotation(angle) @ ((low + high) / 2)
        return self._look(picture, _Window(centre, MARGIN * float((high - low).max()), angle))

    def _look(self, picture: Picture, window: _Window) -> FaceMesh:
        side = self._network.side
        scale = window.side / side
        turn = _rotation(window.angle) * scale
        to_picture = np.column_stack([turn, window.centre - turn @ [side / 2, side / 2]])
        # OpenCV counts from the pixels' centres.
        for_opencv = to_picture.copy()
        for_opencv[:, 2] += turn @ [0.5, 0.5] - 0.5
        crop = cv2.warpAffine(
            picture,
            for_opencv,
            (side, side),
            flags=cv2.WARP_INVERSE_MAP | (cv2.INTER_AREA if scale > 1 else cv2.INTER_LINEAR),
            borderMode=cv2.BORDER_REPLICATE,
        )
        score, values = self._network.run(crop.astype(np.float32) / 255)
        found = values.reshape(POINTS, 3)
        points = np.empty((POINTS, 3), np.float32)
        points[:, :2] = found[:, :2] @ turn.T + to_picture[:, 2]
        points[:, 2] = found[:, 2] * scale
        return FaceMesh(points, float(sigmoid(score)[0]))


def _angle(left: NDArray[np.float32], right: NDArray[np.float32]) -> float:
    across = right - left
    return float(np.arctan2(across[1], across[0]))


def _rotation(angle: float) -> NDArray[np.float64]:
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([[cos, -sin], [sin, cos]])
