"""The idle clip of one picture: the head sways, the shoulders breathe, the wall stands still."""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from tritone_models.face.closed_mouth import ClosedHead
from tritone_models.face.eyelids import Eyelids
from tritone_models.face.idle_motion import Pose
from tritone_models.face.landmarks import CHIN, face_height
from tritone_models.face.networks import Picture
from tritone_models.face.person import background

NECK_BEGINS, NECK_ENDS = 0.22, 0.75
"""Below the chin, of the face's height: in between, the head's motion fades into the body's."""
SHOULDER_SHARE = 0.6
"""The shoulders rise by that share of what breathing lifts the head."""
LID_STEPS = 20


class PortraitClip:
    def __init__(self, head: ClosedHead, person: NDArray[np.float32]) -> None:
        height, width = head.picture.shape[:2]
        self._lids = Eyelids(head.picture, head.points)
        self._drawn: dict[int, Picture] = {}
        self._person = person
        self._wall = background(head.picture, person).astype(np.float32)
        self._y, self._x = np.mgrid[0:height, 0:width].astype(np.float32)
        tall = face_height(head.points)
        below = (self._y - head.points[CHIN, 1]) / tall
        t = np.clip((below - NECK_BEGINS) / (NECK_ENDS - NECK_BEGINS), 0, 1)
        self._body = (t * t * (3 - 2 * t)).astype(np.float32)

    def frames(self, poses: Sequence[Pose]) -> Iterator[Picture]:
        return (self.frame(pose) for pose in poses)

    def frame(self, pose: Pose) -> Picture:
        """UINT8[size, size, 3], RGB."""
        inverse = cv2.invertAffineTransform(pose.head.astype(np.float64)).astype(np.float32)
        (a, b, c), (d, e, f) = inverse
        # In pixels' indices; the transforms count from .5.
        c, f = c + (a + b) / 2 - 0.5, f + (d + e) / 2 - 0.5
        head_x = (a - 1) * self._x + b * self._y + c
        head_y = d * self._x + (e - 1) * self._y + f
        body_y = np.float32(pose.rise * SHOULDER_SHARE)
        x = self._x + head_x * (1 - self._body)
        y = self._y + head_y * (1 - self._body) + body_y * self._body
        moved = cv2.remap(self._with_lids(pose.lids), x, y, cv2.INTER_CUBIC,
                          borderMode=cv2.BORDER_REPLICATE)  # fmt: skip
        mask = cv2.remap(self._person, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        mixed = self._wall + (moved - self._wall) * mask[..., None]
        return cv2.convertScaleAbs(mixed)

    def _with_lids(self, lids: float) -> Picture:
        step = round(lids * LID_STEPS)
        if step not in self._drawn:
            self._drawn[step] = self._lids.closed(step / LID_STEPS)
        return self._drawn[step]
