"""Kokoro-82M (StyleTTS 2, arXiv:2306.07691) as an ONNX graph; phonemes come from espeak-ng."""

import itertools
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from tritone_models.parameters import Parameters
from tritone_models.recognisers.onnx_outputs import with_outputs
from tritone_models.recognisers.onnx_session import open_session
from tritone_models.text import SpokenToken
from tritone_models.voices.espeak_program import EspeakProgram
from tritone_models.voices.kokoro_phonemes import dialect_of, expanded, written
from tritone_models.voices.levels import gain_of
from tritone_models.voices.options import read_voices
from tritone_models.voices.pronunciation import Pronunciation
from tritone_models.voices.rendering import Rendering
from tritone_models.voices.symbols import Symbols, spans_of
from tritone_models.voices.visemes import visemes_of
from tritone_models.weights import find_weights

GRAPH, VOCABULARY = "kokoro.onnx", "vocabulary.json"
DURATIONS = "/encoder/Clip_output_0"
"""Frames of each token, float32[1, tokens]: what the duration predictor decides."""
RATE = 24_000
HOP = 600
"""Samples of a frame."""
LEAD = 1_440
"""Samples by which a sound is heard before its frames: docs/models.md."""
STYLE = 256
LONGEST = 508
"""Tokens; the text encoder knows 512 places."""
MOST_THREADS = 4

Styles = NDArray[np.float32]
"""float32[510, 256]: one style for each number of tokens."""


class Kokoro:
    is_slow = True

    def __init__(
        self,
        session: ort.InferenceSession,
        vocabulary: Mapping[str, int],
        voices: dict[str, tuple[str, ...]],
        styles: Mapping[str, Styles],
        pronunciation: Pronunciation,
        workers: int,
    ) -> None:
        self.voices = voices
        self.workers = workers
        self._session = session
        self._vocabulary = vocabulary
        self._styles = styles
        self._pronunciation = pronunciation

    @classmethod
    def load(cls, parameters: Parameters) -> "Kokoro":
        """@raises WeightsMissingError, EspeakMissingError"""
        voices = read_voices(parameters.text("voices"))
        files = (GRAPH, VOCABULARY, *(f"{voice}.bin" for voice in voices))
        folder = find_weights(parameters.text("weights"), files)
        cores = len(os.sched_getaffinity(0))
        threads = parameters.integer("threads", 0) or min(cores, MOST_THREADS)
        kokoro = cls(
            _open(folder / GRAPH, threads),
            json.loads((folder / VOCABULARY).read_text("utf-8"))["vocab"],
            voices,
            {voice: _read_styles(folder / f"{voice}.bin") for voice in voices},
            Pronunciation(EspeakProgram.find()),
            parameters.integer("workers", 0) or max(1, cores // threads),
        )
        voice, (language, *_) = next(iter(voices.items()))
        kokoro.render([SpokenToken("a", 0, 1, "a", ".")], voice, language, 1.0)
        return kokoro

    def sample_rate(self, voice: str) -> int:  # noqa: ARG002
        return RATE

    def gain(self, voice: str) -> float:
        return gain_of("kokoro", voice)

    def render(
        self, tokens: Sequence[SpokenToken], voice: str, language: str, speed: float
    ) -> Rendering:
        dialect = dialect_of(voice, language)
        spellings = self._pronunciation.spell(tokens, dialect)
        symbols = Symbols.of([written(each, dialect) for each in spellings], self._vocabulary)
        symbols = symbols.first(LONGEST)
        ids = [0, *(self._vocabulary[symbol] for symbol in symbols.text), 0]
        styles = self._styles[voice]
        sound, frames = self._session.run(
            ["audio", DURATIONS],
            {
                "tokens": np.array([ids], np.int64),
                "style": styles[min(len(symbols.text), len(styles)) - 1][None],
                "speed": np.array([speed], np.float32),
            },
        )
        ends = np.cumsum(frames.reshape(-1)[:-1]).astype(int) * HOP
        bounds = np.maximum(ends - LEAD, 0).tolist()
        spans = list(itertools.pairwise(bounds))
        phones = [
            phone
            for symbol, (start, end) in zip(symbols.text, spans, strict=True)
            for phone in expanded(symbol, start, end)
        ]
        return Rendering(sound.reshape(-1), spans_of(symbols, spans), visemes_of(phones))


def _open(graph: Path, threads: int) -> ort.InferenceSession:
    return open_session(with_outputs(graph.read_bytes(), [DURATIONS]), threads)


def _read_styles(path: Path) -> Styles:
    return np.fromfile(path, "<f4").reshape(-1, STYLE)
