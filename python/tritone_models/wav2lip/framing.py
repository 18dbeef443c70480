"""What of a face Wav2Lip sees, and what of its drawing is shown."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tritone_models.wav2lip.layers import MASKED_ROW, PICTURE

BELOW_CHIN = 0.05
"""Of the face's height; the jaw drops there."""
FEATHER = 0.04
"""Of the picture: how softly the patch ends."""

# Points of MediaPipe's face mesh.
FOREHEAD, CHIN, BELOW_NOSE = 10, 152, 2
JAW = (361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150, 136, 172, 58, 132)
"""From below one ear along the chin to below the other."""

Points = NDArray[np.float32]


@dataclass(frozen=True)
class Framing:
    """The rectangle of the head that becomes 96x96 pixels, and where a drawing shows in it.

    `alpha`: UINT8[rows, columns]; its upper left pixel is (`row`, `column`) of the 96x96.
    `to_head`: FP32[2, 3], from pixels of the patch that `alpha` covers to the head's coordinates.
    """

    left: float
    top: float
    width: float
    height: float
    row: int
    column: int
    alpha: NDArray[np.uint8]

    @classmethod
    def of(cls, landmarks: Points) -> "Framing":
        """`landmarks`: FP32[crops, 468, 3]; one frame for all crops, so that nothing trembles."""
        points = landmarks[..., :2].mean(axis=0)
        left, right = points[:, 0].min(), points[:, 0].max()
        top = min(points[FOREHEAD, 1], points[:, 1].min())
        height = (points[CHIN, 1] - top) * (1 + BELOW_CHIN)
        scale = np.array([PICTURE / (right - left), PICTURE / height])
        alpha = _mask((points - (left, top)) * scale)
        rows, columns = np.flatnonzero(alpha.any(axis=1)), np.flatnonzero(alpha.any(axis=0))
        row, column = int(rows[0]), int(columns[0])
        shown = alpha[row : rows[-1] + 1, column : columns[-1] + 1]
        return cls(float(left), float(top), float(right - left), float(height), row, column, shown)

    @property
    def to_head(self) -> NDArray[np.float32]:
        across, down = self.width / PICTURE, self.height / PICTURE
        return np.array(
            [
                [across, 0, self.left + self.column * across],
                [0, down, self.top + self.row * down],
            ],
            np.float32,
        )

    def face(self, crop: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The network's input of one crop, UINT8[h, w, 3] in BGR -> float32[6, 96, 96]."""
        across, down = PICTURE / self.width, PICTURE / self.height
        # Centres of pixels are at .5 for us and at whole numbers for OpenCV.
        shift = ((0.5 - self.left) * across - 0.5, (0.5 - self.top) * down - 0.5)
        smaller = min(across, down) < 0.5
        if smaller:  # an area's mean, else single pixels would be picked
            crop = cv2.blur(crop, (max(1, round(1 / across)), max(1, round(1 / down))))
        matrix = np.array([[across, 0, shift[0]], [0, down, shift[1]]])
        whole = cv2.warpAffine(
            crop,
            matrix,
            (PICTURE, PICTURE),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        masked = whole.copy()
        masked[MASKED_ROW:] = 0
        both = np.concatenate([masked, whole], axis=2).astype(np.float32) / 255
        return np.ascontiguousarray(both.transpose(2, 0, 1))

    def patch(self, drawn: NDArray[np.float32]) -> NDArray[np.uint8]:
        """float32[3, rows, 96], BGR 0..1, of the lowest rows -> UINT8[h, w, 4], RGBA."""
        height, width = self.alpha.shape
        first = self.row - (PICTURE - drawn.shape[1])
        shown = drawn[::-1, first : first + height, self.column : self.column + width]
        rgba = np.empty((height, width, 4), np.uint8)
        rgba[..., :3] = np.rint(np.clip(shown, 0, 1) * 255).transpose(1, 2, 0)
        rgba[..., 3] = self.alpha
        return rgba


def _mask(points: NDArray[np.floating]) -> NDArray[np.uint8]:
    """UINT8[96, 96]: the face between nose and chin, softly.

    Its sides lie a feather inside the jaw, so that little of the background moves; the chin, which
    drops, is whole; above, it ends a feather higher than the base of the nose.
    """
    soft = FEATHER * PICTURE
    jaw = points[list(JAW)] + (0, soft)
    above = np.array([jaw[-1], points[BELOW_NOSE], jaw[0]]) - (0, 2 * soft)
    outline = np.rint(np.vstack([jaw, above]) * 16 - 8).astype(np.int32)
    mask = np.zeros((PICTURE, PICTURE), np.uint8)
    cv2.fillPoly(mask, [outline], 255, cv2.LINE_AA, 4)
    side = 2 * round(soft) + 1
    inner = cv2.erode(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)))
    blurred = cv2.GaussianBlur(inner, (0, 0), soft / 2).astype(np.float32)
    across = _fade(np.arange(PICTURE), soft) * _fade(np.arange(PICTURE)[::-1], soft)
    down = _fade(np.arange(PICTURE) - MASKED_ROW, soft) * _fade(np.arange(PICTURE)[::-1], soft)
    return np.rint(blurred * across * down[:, None]).astype(np.uint8)


def _fade(pixels: NDArray[np.int64], reach: float) -> NDArray[np.float64]:
    """0 at an edge, 1 from `reach` pixels inside it."""
    return np.clip(pixels / reach, 0, 1)
