"""A face for tests: an oval over a gradient, with the points of the mesh that are asked for."""

import numpy as np
from numpy.typing import NDArray

from tritone_models.face.package import LANDMARKS, PreparedFace
from tritone_models.wav2lip.framing import BELOW_NOSE, CHIN, FOREHEAD, JAW

CENTRE, RADII = (150.0, 140.0), (60.0, 80.0)
SIZE = 300


def landmarks() -> NDArray[np.float32]:
    """FP32[468, 3]: the face lies in 90..210 by 60..220 pixels."""
    points = np.zeros((LANDMARKS, 3), np.float32)
    turns = np.linspace(0, 2 * np.pi, LANDMARKS)
    points[:, 0] = CENTRE[0] + RADII[0] * np.cos(turns)
    points[:, 1] = CENTRE[1] + RADII[1] * np.sin(turns)
    for at, point in zip(np.linspace(0.1, np.pi - 0.1, len(JAW)), JAW, strict=True):
        points[point, :2] = np.array(CENTRE) + np.array(RADII) * (np.cos(at), np.sin(at))
    points[FOREHEAD, :2] = (CENTRE[0], CENTRE[1] - RADII[1])
    points[CHIN, :2] = (CENTRE[0], CENTRE[1] + RADII[1])
    points[BELOW_NOSE, :2] = (CENTRE[0], CENTRE[1] + 20)
    return points


def picture(tint: int = 0) -> NDArray[np.uint8]:
    """UINT8[300, 300, 3], BGR: blue grows to the right, green downwards; red is the tint."""
    pixels = np.zeros((SIZE, SIZE, 3), np.uint8)
    pixels[..., 0] = np.linspace(20, 220, SIZE)[None, :]
    pixels[..., 1] = np.linspace(20, 220, SIZE)[:, None]
    pixels[..., 2] = tint
    return pixels


def prepared(crops: int = 1, frames: int = 3) -> PreparedFace:
    import cv2

    encoded = []
    for at in range(crops):
        quality = [cv2.IMWRITE_JPEG_QUALITY, 97]
        encoded.append(cv2.imencode(".jpg", picture(tint=40 * at), quality)[1].tobytes())
    transforms = np.tile(np.eye(2, 3, dtype=np.float32), (frames, 1, 1))
    points = np.repeat(landmarks()[None], crops, axis=0)
    return PreparedFace(512, 25, tuple(encoded), points, transforms)
