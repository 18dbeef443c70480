"""Which pixels are the person's, and what would be seen behind."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from tritone_models.face.networks import Network, Picture

GUIDE_SHARE = 0.012
"""Radius in which edges of the picture sharpen the mask, of the frame's size."""
GUIDE_SMOOTHNESS = 1e-3
FILL_SHARES = (0.012, 0.04, 0.15)


class PersonFinder:
    """MediaPipe's selfie segmentation."""

    def __init__(self, folder: Path) -> None:
        self._network = Network(folder / "person.tflite")

    def mask(self, picture: Picture) -> NDArray[np.float32]:
        """FP32[h, w], 0 to 1; its edges are those of the picture."""
        side = self._network.side
        small = cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA)
        (flat,) = self._network.run(small.astype(np.float32) / 255)
        height, width = picture.shape[:2]
        rough = cv2.resize(flat.reshape(side, side), (width, height), interpolation=cv2.INTER_CUBIC)
        return _guided(rough, picture)


def background(picture: Picture, mask: NDArray[np.float32]) -> Picture:
    """The picture without the person: what lies beside them runs on behind, ever softer."""
    size = max(picture.shape[:2])
    reach = 2 * max(1, round(0.006 * size)) + 1
    covered = cv2.dilate((mask > 0.04).astype(np.uint8), np.ones((reach, reach), np.uint8))
    known = (1 - covered).astype(np.float32)
    filled = picture.astype(np.float32) * known[..., None]
    weight = known.copy()
    for share in FILL_SHARES:
        sigma = share * size
        amount = cv2.GaussianBlur(weight, (0, 0), sigma)
        colours = cv2.GaussianBlur(filled * weight[..., None], (0, 0), sigma)
        found = colours / np.maximum(amount, 1e-6)[..., None]
        new = (weight == 0) & (amount > 1e-3)
        filled[new] = found[new]
        weight[new] = 1
    return np.clip(np.where(weight[..., None] > 0, filled, picture), 0, 255).astype(np.uint8)


def _guided(mask: NDArray[np.float32], picture: Picture) -> NDArray[np.float32]:
    """He, Sun, Tang: Guided Image Filtering (ECCV 2010), by the picture's brightness."""
    guide = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    side = 2 * max(1, round(GUIDE_SHARE * max(picture.shape[:2]))) + 1

    def mean(values: NDArray[np.float32]) -> NDArray[np.float32]:
        return cv2.blur(values, (side, side))

    slope = (mean(guide * mask) - mean(guide) * mean(mask)) / (
        mean(guide * guide) - mean(guide) ** 2 + GUIDE_SMOOTHNESS
    )
    offset = mean(mask) - slope * mean(guide)
    found = mean(slope) * guide + mean(offset)
    # What is nearly sure is sure: no ghost in the background, no hole in the person.
    return np.clip((found - 0.15) / 0.7, 0, 1)
