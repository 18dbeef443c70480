"""wav2lip: mouths drawn by the published network, of all avatars together."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray
from onnxruntime import InferenceSession

from tritone_models.face.package import BadPackageError, PreparedFace
from tritone_models.lips.model import DrawRequest, Mouth
from tritone_models.parameters import Parameters
from tritone_models.recognisers.onnx_session import has_cuda, open_session
from tritone_models.wav2lip.framing import Framing
from tritone_models.wav2lip.mel import AHEAD, BEHIND, MelWindow
from tritone_models.wav2lip.network import FACE_FILE, MOUTH_FILE, TERMS
from tritone_models.weights import WeightsMissingError, find_weights

KEPT_CROPS = 4
"""3 MB each. A portrait has one; a video comes round too seldom for more to matter."""


Terms = tuple[NDArray[np.float32], ...]
"""What the network keeps of one picture of a face: one tensor for each of TERMS, no batch."""


@dataclass
class Wav2LipFace:
    """One avatar as the network sees it."""

    prepared: PreparedFace
    framing: Framing
    look: Callable[[NDArray[np.float32]], Terms]
    _seen: dict[int, Terms] = field(default_factory=dict)

    def terms(self, base: int) -> Terms:
        """For frame `base` of the idle clip."""
        at = self.prepared.crop_of(base)
        if at not in self._seen:
            if len(self._seen) >= KEPT_CROPS:
                self._seen.pop(next(iter(self._seen)))
            self._seen[at] = self.look(self.picture(base))
        return self._seen[at]

    def picture(self, base: int) -> NDArray[np.float32]:
        """float32[6, 96, 96], the network's input."""
        return self.framing.face(_decode(self.prepared.crops[self.prepared.crop_of(base)]))


class Wav2Lip:
    """A `LipSyncModel`: on a CPU threads draw single mouths, a GPU draws a batch at once."""

    behind, ahead = BEHIND, AHEAD

    def __init__(
        self, face: InferenceSession, mouth: InferenceSession, batch: int, workers: int
    ) -> None:
        self.batch = batch
        self.workers = workers
        self._face = face
        self._mouth = mouth
        self._mel = MelWindow()

    @classmethod
    def load(cls, parameters: Parameters) -> "Wav2Lip":
        """@raises WeightsMissingError"""
        name = parameters.text("weights", "wav2lip")
        try:
            folder = find_weights(name, (FACE_FILE, MOUTH_FILE))
        except WeightsMissingError:
            raise WeightsMissingError(
                f"weights '{name}' are not installed: their licence forbids commercial use, so "
                "nothing fetches them; docs/models.md (Lip-sync models) says how to make them"
            ) from None
        cuda = parameters.text("device", "auto") != "cpu" and has_cuda()
        workers = 1 if cuda else parameters.integer("workers", 0) or os.cpu_count() or 1
        face, mouth = (open_session(folder / file, cuda=cuda) for file in (FACE_FILE, MOUTH_FILE))
        return cls(face, mouth, parameters.integer("batch", 0) or (16 if cuda else 1), workers)

    def open(self, face: PreparedFace, fps: int) -> Wav2LipFace:  # noqa: ARG002
        """@raises BadPackageError"""
        opened = Wav2LipFace(face, Framing.of(face.landmarks), self._look)
        opened.terms(0)
        return opened

    def draw(self, requests: Sequence[DrawRequest[Wav2LipFace]]) -> list[Mouth]:
        heard = [self._mel(request.audio, request.sample) for request in requests]
        inputs = {"mel": np.stack(heard)[:, None]}
        faces = [request.face.terms(request.base) for request in requests]
        for name, terms in zip(TERMS, zip(*faces, strict=True), strict=True):
            inputs[name] = terms[0][None] if len(terms) == 1 else np.stack(terms)
        (drawn,) = self._mouth.run(["mouths"], inputs)
        framings = [request.face.framing for request in requests]
        return [
            Mouth(framing.patch(mouth), framing.to_head)
            for framing, mouth in zip(framings, drawn, strict=True)
        ]

    def _look(self, picture: NDArray[np.float32]) -> Terms:
        terms = self._face.run(list(TERMS), {"faces": picture[None]})
        return tuple(term[0] for term in terms)


def _decode(jpeg: bytes) -> NDArray[np.uint8]:
    """UINT8[h, w, 3], BGR, as the network was taught."""
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise BadPackageError("a crop of the face package is no JPEG")
    return picture
