"""A rendered clause, cut into what is sent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tritone_models.text import SpokenToken
from tritone_models.voices.rendering import Rendering

CHUNK_SECONDS = 0.1
FULL_SCALE = 32_767


@dataclass(frozen=True)
class Chunk:
    pcm: NDArray[np.int16]
    start: int
    """Its first sample since the sequence began; so are all samples of `timing`."""
    timing: dict[str, Any]
    """Words and visemes that begin in it; each stands in one chunk."""


def chunks_of(
    rendering: Rendering, tokens: Sequence[SpokenToken], start: int, sample_rate: int
) -> Iterator[Chunk]:
    """Chunks of at most 100 ms; the clause's first sample is sample `start` of the sequence."""
    pcm = np.round(rendering.sound * FULL_SCALE).astype(np.int16)
    size = int(CHUNK_SECONDS * sample_rate)
    words = [
        (
            begin,
            {
                "text": token.text,
                "char": [token.char_start, token.char_end],
                "samples": [start + begin, start + end],
            },
        )
        for token, (begin, end) in zip(tokens, rendering.words, strict=True)
    ]
    visemes = [
        (viseme.start, [viseme.name, start + viseme.start, start + viseme.end])
        for viseme in rendering.visemes
    ]
    last = (len(pcm) - 1) // size * size
    for at in range(0, len(pcm), size):
        after = len(pcm) + 1 if at == last else at + size
        yield Chunk(
            pcm[at : at + size],
            start + at,
            {
                "start": start + at,
                "words": [word for begin, word in words if at <= begin < after],
                "visemes": [viseme for begin, viseme in visemes if at <= begin < after],
            },
        )
