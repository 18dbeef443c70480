"""wav2lip: mouths drawn by the published network, of all avatars together."""

import os
from collections.abc import Sequence
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
from tritone_models.wav2lip.network import FILE
from tritone_models.weights import WeightsMissingError, find_weights

KEPT_CROPS = 64
"""Of a video, inputs of the network that are kept: 0.2 MB each."""


@dataclass
class Wav2LipFace:
    """One avatar as the network sees it."""

    prepared: PreparedFace
    framing: Framing
    _seen: dict[int, NDArray[np.float32]] = field(default_factory=dict)

    def input(self, base: int) -> NDArray[np.float32]:
        """float32[6, 96, 96] for frame `base` of the idle clip."""
        at = self.prepared.crop_of(base)
        if at not in self._seen:
            if len(self._seen) >= KEPT_CROPS:
                self._seen.pop(next(iter(self._seen)))
            self._seen[at] = self.framing.face(_decode(self.prepared.crops[at]))
        return self._seen[at]


class Wav2Lip:
    """A `LipSyncModel`: on a CPU threads draw single mouths, a GPU draws a batch at once."""

    behind, ahead = BEHIND, AHEAD

    def __init__(self, session: InferenceSession, batch: int, workers: int) -> None:
        self.batch = batch
        self.workers = workers
        self._session = session
        self._mel = MelWindow()

    @classmethod
    def load(cls, parameters: Parameters) -> "Wav2Lip":
        """@raises WeightsMissingError"""
        name = parameters.text("weights", "wav2lip")
        try:
            file = find_weights(name, (FILE,)) / FILE
        except WeightsMissingError:
            raise WeightsMissingError(
                f"weights '{name}' are not installed: their licence forbids commercial use, so "
                "nothing fetches them; docs/models.md (Lip-sync models) says how to make them"
            ) from None
        cuda = parameters.text("device", "auto") != "cpu" and has_cuda()
        workers = 1 if cuda else parameters.integer("workers", 0) or os.cpu_count() or 1
        session = open_session(file, cuda=cuda)
        return cls(session, parameters.integer("batch", 0) or (16 if cuda else 1), workers)

    def open(self, face: PreparedFace, fps: int) -> Wav2LipFace:  # noqa: ARG002
        """@raises BadPackageError"""
        opened = Wav2LipFace(face, Framing.of(face.landmarks))
        opened.input(0)
        return opened

    def draw(self, requests: Sequence[DrawRequest[Wav2LipFace]]) -> list[Mouth]:
        heard = [self._mel(request.audio, request.sample) for request in requests]
        inputs = {
            "mel": np.stack(heard)[:, None],
            "faces": np.stack([request.face.input(request.base) for request in requests]),
        }
        (drawn,) = self._session.run(["mouths"], inputs)
        framings = [request.face.framing for request in requests]
        return [
            Mouth(framing.patch(mouth), framing.to_head)
            for framing, mouth in zip(framings, drawn, strict=True)
        ]


def _decode(jpeg: bytes) -> NDArray[np.uint8]:
    """UINT8[h, w, 3], BGR, as the network was taught."""
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise BadPackageError("a crop of the face package is no JPEG")
    return picture
