"""viseme_warp: a mouth that follows the voice's visemes, or its sound, on a CPU."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from tritone_models.face import articulation, hearing
from tritone_models.face.articulation import articulate
from tritone_models.face.hearing import Hearing
from tritone_models.face.mouth_painter import MouthPainter
from tritone_models.face.mouth_shape import REST, Shape
from tritone_models.face.package import PreparedFace
from tritone_models.face.pictures import decode_own
from tritone_models.face.video_clip import calmest
from tritone_models.lips.model import DrawRequest, Mouth
from tritone_models.parameters import Parameters
from tritone_models.recognisers.blas import use_one_blas_thread

MOST_FACES = 16
"""Painters kept for faces that come back; each has about 2 MB."""
WAKES_OVER = 0.1 * 16_000
"""Samples from the mouth of the idle clip to the first sound's."""
FADES_OVER = 0.06 * 16_000


@dataclass(eq=False)
class SpeakingFace:
    """One sequence's. `lights`: of the frames of a video, as they are asked for."""

    painter: MouthPainter
    crops: tuple[bytes, ...] = ()
    lights: dict[int, NDArray[np.float32]] = field(default_factory=dict)
    hearing: Hearing = field(default_factory=Hearing)


class VisemeWarp:
    """Visemes where the voice tells them, else what is heard; needs 80 ms of sound to come."""

    batch = 1
    behind = max(articulation.BEHIND, hearing.BEHIND)
    ahead = max(articulation.AHEAD, hearing.AHEAD)

    def __init__(self, workers: int = 2) -> None:
        self.workers = workers
        self._painters: OrderedDict[bytes, MouthPainter] = OrderedDict()
        self._lock = threading.Lock()

    @classmethod
    def load(cls, parameters: Parameters) -> "VisemeWarp":
        # Frames are drawn side by side already: threads within one would only wait for each other.
        cv2.setNumThreads(1)
        use_one_blas_thread()
        return cls(max(1, parameters.integer("workers", 2)))

    def open(self, face: PreparedFace, fps: int) -> SpeakingFace:
        del fps
        calm = calmest(face.landmarks)
        key = hashlib.sha256(face.crops[calm] + face.landmarks[calm].tobytes()).digest()
        with self._lock:
            painter = self._painters.get(key)
            if painter is None:
                painter = MouthPainter(decode_own(face.crops[calm]), face.landmarks[calm])
                self._painters[key] = painter
                if len(self._painters) > MOST_FACES:
                    self._painters.popitem(last=False)
            self._painters.move_to_end(key)
        return SpeakingFace(painter, face.crops if len(face.crops) > 1 else ())

    def draw(self, requests: Sequence[DrawRequest[SpeakingFace]]) -> list[Mouth]:
        return [self._draw(request) for request in requests]

    def _draw(self, request: DrawRequest[SpeakingFace]) -> Mouth:
        painter = request.face.painter
        mouth = self._mouth(request)
        # The idle clip shows the same mouth at rest: what little differs comes in softly.
        opacity = min(1.0, (request.sample + 0.25 * FADES_OVER) / FADES_OVER)
        light = _light(request.face, request.base)
        return Mouth(painter.draw(mouth, opacity, light), painter.to_head)

    def _mouth(self, request: DrawRequest[SpeakingFace]) -> Shape:
        heard = request.face.hearing.hear(request.audio, self.behind)
        mouth = articulate(request.visemes, request.sample) if request.timed else heard
        wake = min(1.0, request.sample / WAKES_OVER)
        return REST + (mouth - REST) * wake


def _light(face: SpeakingFace, base: int) -> NDArray[np.float32] | None:
    """A portrait's light never changes."""
    if not face.crops:
        return None
    if base not in face.lights:
        face.lights[base] = face.painter.light_of(decode_own(face.crops[base]))
    return face.lights[base]
