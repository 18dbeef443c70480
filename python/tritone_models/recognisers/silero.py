"""Silero's voice-activity detector (MIT) over onnxruntime."""

import numpy as np
import onnxruntime as ort

from tritone_models.parameters import Parameters
from tritone_models.recognisers.onnx_session import open_session
from tritone_models.speech.hypothesis import Audio
from tritone_models.speech.utterance import FRAME
from tritone_models.weights import find_weights

CONTEXT = 64
"""Samples of the frame before that the network wants to see again."""
STATE = 128
ROOM_FRAMES = 31
"""A second of a quiet room precedes every stream: from a blank state the first word is missed."""
ROOM_LEVEL = 1 / 32_768
FILE = "silero_vad.onnx"


class Silero:
    """One network for all streams; a stream is its 128-number state."""

    def __init__(self, session: ort.InferenceSession) -> None:
        self._session = session
        nothing = np.zeros((1, 1, STATE), np.float32)
        room = np.random.default_rng(0).normal(0, ROOM_LEVEL, (ROOM_FRAMES, FRAME))
        first = SileroStream(session, nothing, nothing)
        first.probabilities(room.astype(np.float32))
        self._quiet = first.state

    @classmethod
    def load(cls, parameters: Parameters) -> "Silero":
        folder = find_weights(parameters.text("vad_weights", "silero-vad"), (FILE,))
        return cls(open_session(folder / FILE))

    def stream(self) -> "SileroStream":
        return SileroStream(self._session, *self._quiet)


class SileroStream:
    def __init__(self, session: ort.InferenceSession, h: Audio, c: Audio) -> None:
        self._session = session
        self._h = h
        self._c = c
        self._context = np.zeros(CONTEXT, np.float32)

    @property
    def state(self) -> tuple[Audio, Audio]:
        return self._h, self._c

    def probabilities(self, frames: Audio) -> Audio:
        """float32[n, 512] in the order spoken -> float32[n]"""
        before = np.vstack([self._context, frames[:-1, -CONTEXT:]])
        self._context = frames[-1, -CONTEXT:].copy()
        inputs = {"input": np.hstack([before, frames]), "h": self._h, "c": self._c}
        probabilities, self._h, self._c = self._session.run(None, inputs)
        return probabilities.reshape(-1)
