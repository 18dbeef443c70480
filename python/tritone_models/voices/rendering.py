"""What a voice makes of a clause."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tritone_models.text import SpokenToken

Sound = NDArray[np.float32]
"""Mono, full scale is 1."""
Span = tuple[int, int]
"""First sample, and the sample after the last."""


@dataclass(frozen=True)
class Viseme:
    name: str
    start: int
    end: int


@dataclass(frozen=True)
class Rendering:
    sound: Sound
    words: tuple[Span, ...]
    """One span a token, in order; an empty one where nothing of it is heard."""
    visemes: tuple[Viseme, ...]
    """In order, without overlap; what they leave out is silence."""


class Synthesiser(Protocol):
    """Called from several threads at once, at most `workers`."""

    voices: Mapping[str, tuple[str, ...]]
    """The languages (primary tags) of each; the first voice of a language is its default."""
    workers: int
    is_slow: bool
    """Takes longer for a clause than one likes to wait: whoever hears nothing gets a short one."""

    def sample_rate(self, voice: str) -> int: ...

    def gain(self, voice: str) -> float:
        """Factor that brings this voice to the common loudness."""
        ...

    def render(
        self, tokens: Sequence[SpokenToken], voice: str, language: str, speed: float
    ) -> Rendering:
        """`speed` 0.5 to 2."""
        ...
