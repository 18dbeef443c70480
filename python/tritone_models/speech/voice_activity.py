"""What the policy needs of a voice-activity detector."""

from typing import Protocol

import numpy as np

from tritone_models.speech.hypothesis import Audio
from tritone_models.speech.utterance import FRAME


class VoiceActivity(Protocol):
    """The state of one stream."""

    def probabilities(self, frames: Audio) -> Audio:
        """float32[n, 512] in the order spoken -> float32[n], 0..1."""
        ...


class Framer:
    """Cuts audio of any length into whole frames; keeps the rest for the next call."""

    def __init__(self) -> None:
        self.rest: Audio = np.zeros(0, np.float32)

    def push(self, audio: Audio) -> Audio:
        """float32[n] -> float32[m, 512]"""
        whole = np.concatenate([self.rest, audio])
        count = len(whole) // FRAME
        self.rest = whole[count * FRAME :]
        return whole[: count * FRAME].reshape(count, FRAME)
