"""What a recogniser is asked and what it answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 16_000
Audio = NDArray[np.float32]


@dataclass(frozen=True)
class Word:
    """`start` and `end` in samples since the first sample of the decoded audio."""

    text: str
    start: int
    end: int
    confidence: float


@dataclass(frozen=True)
class DecodeRequest:
    """One utterance, or what there is of it.

    `audio`: float32[n], mono, 16 kHz, -1..1. `language`: None lets the recogniser choose among
    `allowed` (all it knows where empty), leaning to `likely`. `words`: word times are wanted.
    """

    audio: Audio
    language: str | None = None
    allowed: tuple[str, ...] = ()
    likely: str | None = None
    prompt: str = ""
    words: bool = False
    draft: tuple[int, ...] = ()
    """`Hypothesis.tokens` of this utterance's last decode: much of it will be written again."""


@dataclass(frozen=True)
class Hypothesis:
    """What was understood.

    `log_probability` is the mean per token; `no_speech` 0..1 is the model's own doubt (0 where it
    has none). `estimated`: the word times are guessed rather than aligned.
    """

    text: str
    language: str
    language_confidence: float = 1.0
    log_probability: float = 0.0
    no_speech: float = 0.0
    words: tuple[Word, ...] = ()
    estimated: bool = False
    tokens: tuple[int, ...] = ()


class Recogniser(Protocol):
    """Whole utterances in, text out. `decode` is called from several threads at once."""

    languages: tuple[str, ...]
    batch: int
    """How many utterances one call may hold; 1 where parallel single calls are faster."""
    workers: int
    """How many threads may call `decode` at once."""
    longest_seconds: float
    """The longest audio one request may hold."""

    def decode(self, requests: Sequence[DecodeRequest]) -> list[Hypothesis]:
        """One hypothesis a request, in order."""
        ...
